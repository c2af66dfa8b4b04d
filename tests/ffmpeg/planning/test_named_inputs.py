"""`audio.input`, `audio.mix`, `subtitles.input`: their argv, and what is heard in the results."""

import itertools
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Limits, MediaInfo, Stream, TranscodeError
from tests.ffmpeg.planning.test_overlays import ABLE, CLIP, maps, plan, text_of
from tests.ffmpeg.planning.test_plan import FILM
from tests.support.job_directory import JobDirectory
from tests.support.results import tone

SONG = MediaInfo(
    "mp3", 200.0, (Stream(0, "audio", "aac", sample_rate=44100, channels=2, duration=200.0),)
)
SUBS = MediaInfo("srt", 50.0, (Stream(0, "subtitle", "subrip"),))
COPIED = {"video": {"codec": "copy"}, "audio": {"codec": "copy", "input": 1}}
MIX = "amix=inputs={}:duration=first:dropout_transition=0:normalize=0"


def test_the_sound_of_another_input_replaces_that_of_the_film() -> None:
    planned = plan(FILM, SONG, **COPIED)

    assert maps(planned) == ["0:0", "1:0"]
    assert not any("audio track" in text for text in planned.warnings)


def test_the_picture_of_the_input_with_the_sound_is_not_taken() -> None:
    planned = plan(CLIP, FILM, audio={"input": 1})

    assert maps(planned) == ["0:0", "1:1"]


def test_a_track_counts_the_streams_of_the_input_with_the_sound() -> None:
    two = replace(SONG, streams=(*SONG.streams, replace(SONG.streams[0], index=1)))

    assert maps(plan(FILM, two, audio={"input": 1, "track": 1})) == ["0:0", "1:1"]


def test_subtitles_of_another_input_are_added_alone() -> None:
    job: dict[str, Any] = {"output_filename": "a.mkv", "video": {"codec": "copy"}}

    planned = plan(FILM, SUBS, subtitles={"mode": "copy", "input": 1}, **job)

    assert maps(planned) == ["0:0", "0:1", "1:0"]
    assert not any("subtitle" in text for text in planned.warnings)


def test_sounds_are_mixed_with_their_volume_before_the_filters_of_the_audio() -> None:
    planned = plan(
        FILM,
        SONG,
        SONG,
        video={"codec": "copy"},
        audio={"mix": [{"input": 1, "volume": 0.3}, {"input": 2}], "filters": ["highpass=f=80"]},
    )

    rate, layout = FILM.streams[1].sample_rate, "stereo"
    same = f"aformat=sample_rates={rate}:channel_layouts={layout}"
    assert text_of(planned) == (
        f"[1:0]volume=volume=0.3,{same}[_3];[2:0]{same}[_5];[0:1][_3][_5]{MIX.format(3)}[_6];"
        "[_6]highpass=f=80[out0]"
    )
    assert maps(planned) == ["0:0", "[out0]"]
    assert planned.expected.duration == FILM.duration
    assert planned.expected.origins == ((0, 0), (0, 1))


def test_a_mix_is_measured_as_a_whole() -> None:
    planned = plan(FILM, SONG, video=False, audio={"mix": [{"input": 1}], "loudness": -16})

    measuring, last = planned.passes
    assert f"{MIX.format(2)}[_3];[_3]loudnorm@track0=I=-16" in text_of(planned, 0)
    assert maps(planned, 0) == ["[out0]"]
    assert measuring.loudnorm == ("loudnorm=I=-16:TP=-1.5:LRA=11",)
    assert last.needs_loudness
    assert "[_3]{measured:0.0}[out0]" in text_of(planned)


def test_the_tags_of_the_track_stay_with_the_mix() -> None:
    tagged = replace(FILM.streams[1], tags={"language": "eng", "title": "Film"})
    film = replace(FILM, streams=(FILM.streams[0], tagged))

    planned = plan(film, SONG, audio={"mix": [{"input": 1}]})

    words = planned.passes[-1].argv
    tags = [word for before, word in itertools.pairwise(words) if before == "-metadata:s:a:0"]
    assert tags == ["language=eng", "title=Film"]


def test_the_sound_of_a_graph_can_be_mixed() -> None:
    planned = plan(
        FILM, SONG, graph="[0:a]volume=2[a]", streams=["[a]"], audio={"mix": [{"input": 1}]}
    )

    assert text_of(planned) == f"[0:1]volume=volume=2[_1];[_1][1:0]{MIX.format(2)}[out0]"


@pytest.mark.parametrize(
    ("job", "field", "said"),
    [
        ({"audio": {"input": 3}}, "audio.input", "names input 3; the job has 2"),
        ({"audio": {"input": 1}, "streams": ["0:v"]}, "audio.input", "audio.input and streams"),
        ({"audio": {"input": 1}, "concat": "auto"}, "audio.input", "audio.input and concat"),
        (
            {"audio": {"input": 1}, "graph": "[0:a]volume=2[a]"},
            "audio.input",
            "audio.input and graph",
        ),
        ({"audio": {"mix": [{"input": 2}]}}, "audio.mix[0].input", "the job has 2"),
        ({"audio": {"mix": [{"input": 1}]}, "concat": "auto"}, "audio.mix", "concat exclude"),
        (
            {"audio": {"codec": "copy", "mix": [{"input": 1}]}},
            "audio.mix",
            "audio.mix requires encoding",
        ),
        ({"audio": {"mix": []}}, "audio.mix", "it has no items"),
        ({"audio": {"mix": [{"input": 1}]}, "output_filename": "a.gif"}, "job", "no sound to mix"),
        (
            {"subtitles": {"mode": "copy", "input": 1}, "streams": ["0"]},
            "subtitles.input",
            "subtitles.input and streams",
        ),
        ({"subtitles": {"mode": "drop", "input": 1}}, "subtitles.input", "the mode drop"),
        (
            {"subtitles": {"input": 1}, "concat": "auto"},
            "subtitles.input",
            "subtitles.input and concat",
        ),
        (
            {"audio": {"input": 1}, "inputs": [{}, {"loop": -1}]},
            "inputs[1].loop",
            "without end",
        ),
    ],
)
def test_what_does_not_go_with_a_named_input_is_refused_with_its_field(
    job: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(InvalidArgument) as caught:
        asked = spec.build_job({"output_filename": "out.mp4", "inputs": [{}, {}], **job})
        ffmpeg.dry_run(asked, ABLE, Limits())

    assert caught.value.field == field
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ({"audio": {"input": 1}}, "audio.input names input 1, which has no sound"),
        ({"audio": {"mix": [{"input": 1}]}}, "audio.mix[0].input names input 1, which has no"),
        ({"subtitles": {"input": 1}}, "subtitles.input names input 1, which has no subtitles"),
    ],
)
def test_an_input_without_what_the_key_asks_for_is_refused(job: dict[str, Any], said: str) -> None:
    with pytest.raises(TranscodeError) as caught:
        plan(FILM, CLIP, **job)

    assert said in caught.value.failure.message


@pytest.fixture(scope="session")
def sounds(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of two seconds with a tone of 440 Hz, and tones of 880 Hz."""
    folder = tmp_path_factory.mktemp("sounds")

    def make(name: str, line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split(), folder / name]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    make(
        "film.mkv",
        "-f lavfi -i color=s=64x48:r=10:d=2 -f lavfi -i sine=440:d=2,volume=2"
        " -c:v mpeg4 -c:a pcm_s16le -metadata:s:a:0 language=eng",
    )
    make("long.wav", "-f lavfi -i sine=880:r=48000:d=3,volume=2")
    make("short.wav", "-f lavfi -i sine=880:r=48000:d=1,volume=2")
    make("silent.mkv", "-f lavfi -i color=s=64x48:r=10:d=2 -c:v mpeg4")
    return folder


@pytest.mark.parametrize(
    ("file", "source", "mixed", "heard"),
    [
        ("long.wav", {}, {"volume": 0.5}, [(0.5, 0.25, 0.125), (1.4, 0.25, 0.125)]),
        pytest.param(
            "short.wav",
            {},
            {"volume": "-6dB"},
            [(0.2, 0.25, 0.125), (1.4, 0.25, 0.0)],
            marks=pytest.mark.wide,
        ),
        pytest.param("short.wav", {"loop": -1}, {}, [(1.4, 0.25, 0.25)], marks=pytest.mark.wide),
    ],
)
def test_a_mixed_sound_has_its_volume_and_leaves_that_of_the_film(
    open_job: Callable[..., JobDirectory],
    build: ffmpeg.Binaries,
    sounds: Path,
    file: str,
    source: dict[str, Any],
    mixed: dict[str, Any],
    heard: list[tuple[float, float, float]],
) -> None:
    run = open_job(sounds / "film.mkv", sounds / file)

    made = run.run(
        output_filename="a.mkv",
        inputs=[{}, source],
        video={"codec": "copy"},
        audio={"codec": "pcm_s16le", "mix": [{"input": 1, **mixed}]},
    )

    assert made.duration == pytest.approx(2.0, abs=0.11)
    assert made.of_kind("audio")[0].tags["language"] == "eng"
    for seconds, film, song in heard:
        assert tone(build, run.result, 440, seconds) == pytest.approx(film, abs=0.02)
        assert tone(build, run.result, 880, seconds) == pytest.approx(song, abs=0.02)


@pytest.mark.wide
def test_a_mix_has_the_loudness_of_the_job(
    open_job: Callable[..., JobDirectory], sounds: Path
) -> None:
    run = open_job(sounds / "film.mkv", sounds / "long.wav")

    made = run.run(
        output_filename="a.mkv",
        inputs=[{}, {}],
        video={"codec": "copy"},
        audio={"codec": "pcm_s16le", "mix": [{"input": 1}], "loudness": -23},
    )

    assert made.duration == pytest.approx(2.0, abs=0.2)
    assert "measured_I" in run.log.getvalue().decode()


@pytest.mark.wide
def test_the_replaced_sound_is_heard_and_ends_with_the_film(
    open_job: Callable[..., JobDirectory], build: ffmpeg.Binaries, sounds: Path
) -> None:
    run = open_job(sounds / "film.mkv", sounds / "long.wav")

    made = run.run(
        output_filename="a.mkv",
        inputs=[{}, {}],
        extra_args=["-shortest"],
        **COPIED,
    )

    assert made.duration == pytest.approx(2.0, abs=0.15)
    assert tone(build, run.result, 440) == pytest.approx(0.0, abs=0.02)
    assert tone(build, run.result, 880) == pytest.approx(0.25, abs=0.02)


def test_a_film_without_sound_has_nothing_to_mix_into(
    open_job: Callable[..., JobDirectory], sounds: Path
) -> None:
    run = open_job(sounds / "silent.mkv", sounds / "long.wav")

    with pytest.raises(TranscodeError, match=r"no sound to mix the sounds of audio\.mix into"):
        run.run(output_filename="a.mkv", inputs=[{}, {}], audio={"mix": [{"input": 1}]})
