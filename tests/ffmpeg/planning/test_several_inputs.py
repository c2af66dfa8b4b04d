"""Jobs with several inputs: their argv, the chosen streams, and whole runs."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Limits, MediaInfo, TranscodeError
from tests.support import plans
from tests.support.job_directory import JobDirectory
from tests.support.plans import COPY, FILM, HEAD, SMALL, SONG, SOUND, maps, tail

ABLE = replace(plans.ABLE, options=plans.ABLE.options | {"ss", "t", "to"})


def plan(*infos: MediaInfo, **job: Any) -> ffmpeg.Plan:
    inputs = job.pop("inputs", [{} for _ in infos])
    asked = spec.build_job({"output_filename": "out.mp4", "inputs": inputs, **job})
    return ffmpeg.plan(asked, list(infos), ABLE, Limits(), attempt="try1")


def test_each_input_has_its_own_restrictions_times_and_operand() -> None:
    planned = plan(SMALL, SOUND, inputs=[{"start": 2}, {"duration": 5}], **COPY)

    start = HEAD.index("-protocol_whitelist")
    (only,) = planned.passes
    assert list(only.argv) == [
        *HEAD[:start],
        *"-protocol_whitelist file -format_whitelist mov -codec_whitelist h264".split(),
        *"-max_pixels 33554432 -max_streams 100 -threads 2 -ss 2".split(),
        *"-f mov -i file:inputs/0/input".split(),
        *"-protocol_whitelist file -format_whitelist wav -codec_whitelist ac3".split(),
        *"-max_pixels 33554432 -max_streams 100 -threads 2 -t 5".split(),
        *"-f wav -i file:inputs/1/input".split(),
        *"-map 0:0 -map 1:0 -c:v copy -c:a copy -movflags +faststart".split(),
        *tail("mp4", "mp4"),
    ]
    assert planned.expected.duration == 18.0
    assert planned.expected.origins == ((0, 0), (1, 0))
    assert not planned.expected.reads_to_end


def test_one_item_in_inputs_is_planned_as_input() -> None:
    several = plan(FILM, inputs=[{"start": 3}])
    asked = spec.build_job({"output_filename": "out.mp4", "input": {"start": 3}})

    assert several == ffmpeg.plan(asked, [FILM], ABLE, Limits(), attempt="try1")


@pytest.mark.parametrize(
    ("infos", "chosen"),
    [
        ((SMALL, FILM), ["1:0", "1:1"]),  # the larger picture of all inputs
        ((FILM, SMALL), ["0:0", "0:1"]),
        ((SMALL, SMALL), ["0:0"]),  # the first of equals
        ((FILM, SOUND), ["0:0", "1:0"]),  # six channels rather than the default two of the film
        ((FILM, SONG), ["0:0", "0:1"]),
    ],
)
def test_default_streams_are_those_of_ffmpeg(
    infos: tuple[MediaInfo, ...], chosen: list[str]
) -> None:
    assert maps(plan(*infos)) == chosen


@pytest.mark.parametrize(
    ("streams", "chosen"),
    [
        (["0:v", "1:a"], ["0:0", "1:0"]),
        (["1", "0:v:0"], ["1:0", "0:0"]),
        (["0", "1", "-0:a", "-0:s"], ["0:0", "1:0"]),
        (["0:v", "1:v?", "1:0"], ["0:0", "1:0"]),
    ],
)
def test_stream_maps_name_the_input(streams: list[str], chosen: list[str]) -> None:
    assert maps(plan(FILM, SOUND, streams=streams)) == chosen


def test_a_map_that_matches_nothing_is_refused_with_the_streams_of_all_inputs() -> None:
    with pytest.raises(TranscodeError) as caught:
        plan(SMALL, SOUND, streams=["0:v", "1:v"])

    failure = caught.value.failure
    assert failure.message == "The map '1:v' matches no stream of the inputs."
    assert failure.hint == "The inputs have these streams: 0:0: video (h264), 1:0: audio (ac3)."


def test_a_map_of_an_input_that_the_job_lacks_is_refused() -> None:
    with pytest.raises(InvalidArgument) as caught:
        plan(SMALL, SOUND, streams=["0:v", "2:a"])

    assert caught.value.field == "streams[1]"
    assert caught.value.message == "streams[1] names input 2; the job has 2 inputs, from 0."


def test_an_input_that_nothing_uses_is_a_warning() -> None:
    planned = plan(FILM, SMALL, streams=["0:v", "0:a"])

    (warning,) = planned.warnings
    assert warning.startswith("Input 1 is not used: nothing of it goes into the result.")


def test_a_limit_names_the_input() -> None:
    huge = replace(SMALL, streams=(replace(SMALL.streams[0], width=20_000, height=20_000),))

    with pytest.raises(TranscodeError) as caught:
        plan(SMALL, huge)

    assert caught.value.failure.message.startswith("Input 1 has 400000000 pixels per frame")


def test_sixteen_inputs_are_planned_without_files() -> None:
    asked = spec.build_job({"output_filename": "out.mkv", "inputs": [{}] * 16, "streams": ["15:v"]})
    dry = ffmpeg.dry_run(asked, ABLE, Limits())

    assert dry.argv[0].count("-i") == 16
    assert "file:inputs/15/input" in dry.argv[0]


@pytest.fixture(scope="session")
def parts(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film with chapters and without sound, a sound, and subtitles."""
    folder = tmp_path_factory.mktemp("parts")
    (folder / "chapters").write_text(
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=x\n"
    )
    (folder / "text.srt").write_text("1\n00:00:00,100 --> 00:00:00,900\nHello\n")

    def make(name: str, line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split(), folder / name]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    source = "-f lavfi -i testsrc2=s=160x120:r=10:d=1 -i chapters -map_chapters 1 -map 0"
    make("film.mkv", f"{source} -c:v libx264 -preset ultrafast -pix_fmt yuv420p")
    make("sound.wav", "-f lavfi -i sine=440:d=1")
    return folder


def test_sound_and_subtitles_are_added_to_a_film(
    open_job: Callable[..., JobDirectory], parts: Path
) -> None:
    job = open_job(parts / "film.mkv", parts / "sound.wav", parts / "text.srt")

    made = job.run(
        output_filename="a.mkv",
        inputs=[{}, {}, {}],
        video={"codec": "copy"},
        streams=["0:v", "1:a", "2:s"],
    )

    assert [stream.kind for stream in made.streams] == ["video", "audio", "subtitle"]
    assert made.chapters == 1
    assert job.warnings == ()


def test_a_damaged_second_input_is_named(
    open_job: Callable[..., JobDirectory], parts: Path
) -> None:
    sound = (parts / "sound.wav").read_bytes()
    job = open_job(parts / "film.mkv", sound[: len(sound) // 4])

    job.run(output_filename="a.mkv", inputs=[{}, {}], video={"codec": "copy"})

    (warning,) = job.warnings  # the packets of WAV are larger from FFmpeg 7 on
    words = r"1 of \d packets of the input's stream 1:0 \(audio\) could not be decoded\."
    assert re.fullmatch(words, warning)


@pytest.mark.parametrize(
    ("words", "end", "seconds"),
    [
        (["-t", "4"], ["-t", "4"], 4.0),
        (["-t", "00:00:04.5"], ["-t", "4.5"], 4.5),
        (["-ss", "1", "-to", "4"], ["-t", "3"], None),
        (["-to", "4", "-t", "9"], ["-t", "9"], None),
        (["-t", "86400"], tail("mp4", "mp4")[-5:-3], 30.0),
    ],
)
def test_times_among_the_output_options_count_in_the_result(
    words: list[str], end: list[str], seconds: float | None
) -> None:
    planned = plan(SMALL, SOUND, extra_args=words, **COPY)

    argv = list(planned.passes[-1].argv)
    assert argv[-5:] == [*end, "-f", "mp4", "file:try1/out.mp4"]
    assert argv.count("-t") == 1
    assert argv.count("-ss") == words.count("-ss")
    assert planned.expected.is_cut
    assert planned.expected.duration == seconds


def test_subtitles_of_another_input_are_burned_in(
    open_job: Callable[..., JobDirectory], parts: Path
) -> None:
    job = open_job(parts / "film.mkv", parts / "text.srt")

    made = job.run(
        output_filename="a.mkv",
        inputs=[{}, {}],
        subtitles={"mode": "burn", "input": 1},
    )

    assert "subtitle" not in [stream.kind for stream in made.streams]
    assert job.warnings == ()


@pytest.mark.parametrize(
    ("subtitles", "message"),
    [
        ({"mode": "burn", "input": 2}, "subtitles.input names input 2; the job has 2"),
        ({"mode": "drop", "input": 1}, "subtitles.input and the mode drop exclude each other"),
    ],
)
def test_subtitles_of_a_missing_input_or_to_drop_are_refused(
    subtitles: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidArgument, match=message):
        plan(SMALL, SOUND, subtitles=subtitles)
