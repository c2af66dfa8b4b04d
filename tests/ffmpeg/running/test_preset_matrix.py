"""Every shipped preset converts every kind of input, or refuses it before the work.

One preset for every fourth input always runs; the full matrix, on every installed FFmpeg,
is `wide`.
"""

from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg import MediaInfo, TranscodeError
from tests.support import input_kinds as inputs
from tests.support.conversion import Converted, Converter, convert
from tests.support.job_directory import PRESETS
from tests.support.matrices import sampled

EXTENSIONS = {"archive": "mkv", "av1": "webm", "gif": "gif", "mp3": "mp3", "opus": "opus"}
EXTENSIONS |= {"podcast": "mp3", "thumbnail": "jpg"}
LINES = {"web-1080p": 1080, "web-720p": 720, "web-480p": 480, "small": 480}
SOUNDS = ("mp3", "opus", "podcast")
CODECS = {"av1": ("av1", "opus"), "archive": ("hevc", None)}
# Matroska cannot hold these
NAMELESS = {"pcm_bluray": "flac", "pcm_dvd": "flac"}
DRAWN = {"hdmv_pgs_subtitle", "dvd_subtitle"}
# their durations are what FFmpeg makes of false timestamps
LYING = ("ts that jumps", "no audio timestamps", "negative timestamps", "starts at one hour")
UNREAD = {"heic": "a HEIC picture", "animated webp": "an animated WebP"}
ENDLESS = "dvd subtitles for 49 days"
PLAIN_SDR = (None, "bt709", "smpte170m", "bt470bg", "iec61966-2-1")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the inputs for the whole run."""
    return tmp_path_factory.mktemp("inputs")


@pytest.fixture(scope="session")
def resolved(
    binaries: ffmpeg.Binaries, cache_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Converter:
    """The FFmpeg that the product finds; the full matrix runs on every installed one."""
    settings = Settings(ffmpeg=str(binaries.ffmpeg), ffprobe=str(binaries.ffprobe))
    capabilities = ffmpeg.read_capabilities(binaries, cache_dir)
    return Converter(
        ffmpeg.make_runtime(settings), capabilities, tmp_path_factory.mktemp("diagonal")
    )


def diagonal() -> list[Any]:
    """Return pairs: each input once, each preset several times; each twelfth is not `wide`."""
    names = list(PRESETS)
    pairs = [(name, names[place % len(names)]) for place, name in enumerate(inputs.NAMES)]
    return sampled(pairs, *range(0, len(pairs), 12))


def refusal(info: MediaInfo, preset: str) -> str | None:
    """Return the expected error of the plan, or None if the job must run."""
    has_sound, has_film = bool(info.of_kind("audio")), bool(info.video_streams)
    if preset in SOUNDS:
        return None if has_sound else "The input has no audio"
    if preset == "gif":
        return None if has_film else "The input has no video"
    if preset == "thumbnail":
        return None if info.of_kind("video") else "The input has no picture"
    if preset == "archive":
        return None
    return None if has_sound or has_film else "The input has no video and no audio"


@pytest.mark.parametrize(("name", "preset"), diagonal())
def test_one_preset_works_on_each_input(
    resolved: Converter, binaries: ffmpeg.Binaries, folder: Path, name: str, preset: str
) -> None:
    check(resolved, inputs.make(binaries, folder, name), name, preset)


@pytest.mark.wide
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", inputs.NAMES)
def test_every_preset_works_on_every_input(
    converter: Converter, binaries: ffmpeg.Binaries, folder: Path, name: str, preset: str
) -> None:
    check(converter, inputs.make(binaries, folder, name), name, preset)


def check(converter: Converter, source: Path, name: str, preset: str) -> None:
    """Convert and check the result; or check that the job is refused before the work."""
    output = f"out.{EXTENSIONS.get(preset, 'mp4')}"
    if name in UNREAD:
        with pytest.raises(TranscodeError) as caught:
            convert(converter, source, output, preset=preset)
        assert UNREAD[name] in caught.value.failure.message
        assert caught.value.failure.exit_code is None
        return
    info = probe(converter, source)
    expected = refusal(info, preset)

    if expected:
        with pytest.raises(TranscodeError) as caught:
            convert(converter, source, output, preset=preset)
        assert caught.value.failure.message.startswith(expected)
        assert caught.value.failure.exit_code is None  # FFmpeg was not started
        return
    made = convert(converter, source, output, preset=preset)

    check_length(made, info, name, preset)
    if preset == "archive":
        check_archive(made, info)
    elif preset == "gif":
        assert (made.video.codec, made.video.width) == ("gif", 480)
    elif preset == "thumbnail":
        assert (made.video.codec, made.video.width) == ("mjpeg", 640)
        assert made.video.sample_aspect_ratio in (None, "1:1")
    elif preset in SOUNDS:
        assert made.audio.codec == ("opus" if preset == "opus" else "mp3")
    else:
        check_playable(made, info, preset)
    if preset != "archive":
        check_drawn_subtitles(made, info, preset)


def probe(converter: Converter, source: Path) -> MediaInfo:
    """Return the probe's description of an input."""
    (converter.home / "probe").mkdir(exist_ok=True)
    (converter.home / "probe" / "input").write_bytes(source.read_bytes())
    return ffmpeg.probe(
        converter.runtime, converter.home / "probe", "input", on_progress=lambda report: None
    )


def check_length(made: Converted, info: MediaInfo, name: str, preset: str) -> None:
    """Check that the run has no warnings, and that the result is as long as the input."""
    assert made.doubts == () or name in LYING, made.doubts
    if preset == "thumbnail" or name in LYING or None in (info.duration, made.info.duration):
        return
    length = 2.0 if name == ENDLESS and preset != "archive" else info.duration
    assert made.info.duration == pytest.approx(length, abs=0.6)


def check_drawn_subtitles(made: Converted, info: MediaInfo, preset: str) -> None:
    """Check for the warning that picture subtitles fit only into Matroska."""
    drawn = [s for s in info.of_kind("subtitle") if s.codec in DRAWN]
    assert not [s for s in made.info.of_kind("subtitle") if s.codec in DRAWN]
    if drawn and preset not in (*SOUNDS, "gif", "thumbnail"):
        assert any("ubtitle" in warning for warning in made.plan.warnings), made.plan.warnings


def check_archive(made: Converted, info: MediaInfo) -> None:
    """Check that all audio is unchanged, and the video HEVC in its own size and range."""
    before = [s.codec for s in info.of_kind("audio")]
    assert [s.codec for s in made.info.of_kind("audio")] == [NAMELESS.get(c, c) for c in before]
    assert len(made.info.of_kind("subtitle")) == len(info.of_kind("subtitle"))
    drawn = {s.codec for s in info.of_kind("subtitle")} & DRAWN
    assert {s.codec for s in made.info.of_kind("subtitle")} >= drawn
    for was, film in zip(info.video_streams, made.info.video_streams, strict=True):
        assert film.codec == "hevc"
        assert film.color_transfer == was.color_transfer or was.color_transfer in PLAIN_SDR


def check_playable(made: Converted, info: MediaInfo, preset: str) -> None:
    """Check for what every browser and phone plays."""
    video, audio = CODECS.get(preset, ("h264", "aac"))
    for film in made.info.video_streams:
        assert film.codec == video
        assert film.pix_fmt == "yuv420p"
        assert film.width and film.height
        assert film.width % 2 == film.height % 2 == 0
        assert film.height <= LINES.get(preset, 4096)
        assert film.sample_aspect_ratio in (None, "1:1")
        assert film.field_order in (None, "progressive")
        assert film.color_transfer in PLAIN_SDR
        assert (film.fps or 0) <= 60.5
        assert film.rotation in (None, 0)
    assert bool(made.info.video_streams) == bool(info.video_streams)
    assert bool(made.info.of_kind("audio")) == bool(info.of_kind("audio"))
    for sound in made.info.of_kind("audio"):
        assert sound.codec == audio
        assert preset == "av1" or sound.channels == 2
    if made.path.suffix == ".mp4":
        head = made.path.read_bytes()
        assert 0 < head.find(b"moov") < head.find(b"mdat")
