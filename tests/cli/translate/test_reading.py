"""Options before -i that change the times of the input, or repeat it."""

# ruff: noqa: E501 - the lines are what people type

from typing import Any

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import check_command, check_refusal, job_of

LINES: list[tuple[str, dict[str, Any]]] = [
    ("-sseof -3 -i in.mp4 out.mp4", {"end_offset": 3}),
    ("-sseof -00:01:30 -t 5 -i in.mp4 out.mp4", {"end_offset": 90, "duration": 5}),
    ("-itsoffset -0.5 -i in.mp4 out.mp4", {"offset": -0.5}),
    ("-stream_loop 2 -i in.mp4 out.mp4", {"loop": 2}),
    ("-stream_loop -1 -i in.mp4 -t 9 out.mp4", {"loop": -1, "duration": 9}),
    ("-loop 1 -t 5 -i in.png out.mp4", {"loop": -1, "duration": 5}),
    ("-framerate 1/3 -i in.png out.mp4", {"fps": "1/3"}),
    ("-loop 0 -r 2 -i in.jpg out.mp4", {"fps": "2"}),
    ("-r ntsc -i in.mp4 out.mp4", {"fps": "30000/1001"}),
    ("-fflags +genpts+nobuffer -i in.mp4 out.mp4", {"generate_pts": True}),
]
REFUSED = {
    "-sseof 3 -i in.mp4 out.mp4": "-sseof 3: it is negative: a time before the end",
    "-sseof -3 -ss 1 -i in.mp4 out.mp4": "-sseof: it cannot be combined with -ss before -i",
    "-stream_loop -1 -i in.mp4 out.mp4": "-stream_loop -1: it repeats without end",
    "-loop 1 -i in.png out.mp4": "-loop 1: it repeats without end",
    "-loop 2 -i in.png -t 5 out.mp4": "-loop 2: before -i this option is 0 or 1",
    "-loop 1 -i in.mp4 -t 5 out.mp4": "-loop: before -i it is for a picture file; for in.mp4, use -stream_loop",
    "-framerate 9 -i in.mp4 out.mp4": "-framerate: before -i it is for a picture file; for in.mp4, use -r",
    "-stream_loop x -i in.mp4 out.mp4": "-stream_loop x: this option takes a number",
    "-itsoffset 1 -i in.mp4 -t 5 out.mp4": "-itsoffset: beside -ss, -t or -to after -i it is not supported: write them before -i",
}


@pytest.mark.parametrize(("line", "section"), LINES)
def test_an_option_of_reading_is_a_key_of_the_input(line: str, section: dict[str, Any]) -> None:
    job = job_of(line)
    job.pop("video", None)  # the pixel format of pictures

    assert job == {"output_filename": "out.mp4", "input": section}


@pytest.mark.parametrize(
    "line",
    [
        "-sseof -3 -i in.mp4 out.mp4",
        "-itsoffset -0.5 -i in.mp4 out.mp4",
        "-stream_loop 2 -i in.mp4 out.mp4",
        "-fflags +genpts -i in.mp4 out.mp4",
    ],
)
def test_the_server_reads_the_input_so(line: str, capabilities: ffmpeg.Capabilities) -> None:
    check_command(line, capabilities)


@pytest.mark.parametrize(("line", "reason"), REFUSED.items())
def test_a_reading_that_no_job_has_is_refused(line: str, reason: str) -> None:
    check_refusal(line, reason)


def test_the_length_of_a_shown_picture_is_that_of_the_result() -> None:
    job = job_of("-loop 1 -i in.png -vf zoompan=d=25 -t 5 out.mp4")

    assert job["input"] == {"loop": -1}
    assert job["extra_args"] == ["-t", "5"]


def test_a_picture_is_shown_as_long_as_the_sound_lasts() -> None:
    job = job_of("-loop 1 -i in.png -i a.mp3 -shortest out.mp4")

    assert job["inputs"] == [{"loop": -1}, {}]
    assert job["extra_args"] == ["-shortest"]
