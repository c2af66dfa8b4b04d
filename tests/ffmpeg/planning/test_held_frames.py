"""Filters that hold frames in memory are bounded by what the input claims, before the run."""

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.model.media_info import MediaInfo, Stream
from ffremote.ffmpeg.planning import held_frames
from ffremote.ffmpeg.policy.filtergraph import read_graph
from ffremote.spec import Input

FILM = Stream(0, "video", "h264", 1920, 1080, 25.0, "yuv420p")
SOUND = Stream(1, "audio", "aac", sample_rate=48000, channels=2)
LIMITS = ffmpeg.Limits(max_memory_bytes=1 << 30)  # half of it: 172 frames


def check(text: str, seconds: float | None) -> None:
    """Check a chain of video filters."""
    held_frames.check_video([read_graph(text)], FILM, seconds, LIMITS)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("reverse", 10),
        ("trim=start=2:end=12,reverse", 60),
        ("trim=start=55:end=65,reverse", 60),
        ("trim=end=12:start_frame=9:duration=10,reverse", 60),
        ("fps=50,reverse", 5),
        ("loop=loop=1:size=125,reverse", 5),
        ("split[a][b];[b]reverse[c];[a][c]hstack", 10),
    ],
)
def test_more_frames_than_memory_are_refused(text: str, seconds: float) -> None:
    with pytest.raises(ffmpeg.TranscodeError, match=r"would hold 250 frames .* limit is 537 MB"):
        check(text, seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("reverse", 5),
        ("scale=960:540,reverse", 20),
        ("trim=duration=5,reverse", 3600),
        ("fps=5,reverse", 30),
        ("loop=loop=9999:size=1", 3600),
        ("reverse", None),
        ("hflip", 3600),
    ],
)
def test_frames_that_fit_are_not(text: str, seconds: float | None) -> None:
    check(text, seconds)


def test_audio_is_bounded_too() -> None:
    graphs = [read_graph("aloop=loop=2:size=2e+09")]

    held_frames.check_audio(graphs, [SOUND], 600, LIMITS)
    with pytest.raises(ffmpeg.TranscodeError, match="172800000 samples"):
        held_frames.check_audio(graphs, [SOUND], 3600, LIMITS)


def test_the_part_of_the_input_counts() -> None:
    info = MediaInfo("matroska", 100.0, (FILM,))
    options = Input(start=90, duration=30)

    assert held_frames.seconds_read(info, options) == 10
    assert held_frames.seconds_read(MediaInfo("matroska", None, (FILM,)), options) == 30
    assert held_frames.seconds_read(MediaInfo("gif", None, (FILM,)), Input()) is None
    assert held_frames.seconds_read(info, Input(loop=2)) == 300
    assert held_frames.seconds_read(info, Input(loop=-1)) is None
    assert held_frames.seconds_read(info, Input(loop=-1, duration=500)) == 500
