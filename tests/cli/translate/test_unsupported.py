"""Ordinary ffmpeg command lines that a job cannot express: several inputs or outputs, misplaced options."""

# ruff: noqa: E501 - command lines as they are typed

import json

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import RequestError
from ffremote_cli.translate import FirstPass
from tests.support.ffmpeg_lines import (
    Row,
    check_command,
    check_job,
    check_refusal,
    job_of,
    translated,
)

LINES: list[Row] = [
    (
        "-i in.mp4 -dn -c copy out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "extra_args": ["-dn"]},
    ),
    ("-hwaccel cuda -i in.mp4 out.mp4", {}),
    ("-f mov -i in.mp4 out.mkv", {}),
]

REFUSED: list[tuple[str, str]] = [
    (
        "-re -i in.mp4 -c copy -f flv rtmp://live/x",
        "rtmp://live/x: the result is written to a local file, not to a URL",
    ),
    ("-i rtsp://camera/1 -c copy out.mp4", "-i rtsp://camera/1: the server does not read URLs"),
    (
        "-f lavfi -i testsrc out.mp4",
        "-f lavfi -i testsrc: this source never ends",
    ),
    (
        "-i in.mp4 out.mp4 -crf 23",
        "-crf: this option follows the last file, but must precede its file",
    ),
    ("-i in.mp4 out.mp4 -crf", "-crf: this option requires a value"),
    ("-i in.mp4", "ffmpeg: At least one output file must be specified"),
    ("out.mp4", "ffmpeg: no input is given (-i FILE)"),
]


REFUSED_BY_THE_SERVER = {
    "-i in.mov -c:v h264_nvenc -preset p5 -cq 23 out.mp4": "-cq",
}
"""Translated, but with an option or a filter that the server refuses by name."""


@pytest.mark.parametrize(("line", "named"), REFUSED_BY_THE_SERVER.items())
def test_the_server_names_what_it_refuses(
    line: str, named: str, capabilities: ffmpeg.Capabilities
) -> None:
    job = spec.parse_job(json.dumps(job_of(line)).encode())

    with pytest.raises(RequestError, match=named):
        ffmpeg.check(job, capabilities)


FIRST_PASSES = [
    "-y -i in.mp4 -c:v libx264 -b:v 2600k -pass 1 -an -f null /dev/null",
    "-y -i in.mp4 -c:v libx264 -b:v 2600k -pass 1 -passlogfile x -f mp4 /dev/null",
]


@pytest.mark.parametrize("line", FIRST_PASSES)
def test_the_first_of_two_passes_is_left_to_the_second(line: str) -> None:
    assert translated(line) == FirstPass()


@pytest.mark.parametrize(("line", "job"), LINES)
def test_the_command_line_is_translated_to_this_job(line: str, job: dict[str, object]) -> None:
    check_job(line, job)


@pytest.mark.parametrize("line", [line for line, _ in LINES])
def test_the_server_accepts_the_job_and_plans_the_typed_options(
    line: str, capabilities: ffmpeg.Capabilities
) -> None:
    check_command(line, capabilities)


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_an_unsupported_option_is_refused_by_name(line: str, message: str) -> None:
    check_refusal(line, message)
