"""Ordinary ffmpeg command lines: trims with -ss, -t and -to on both sides of -i."""

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import Row, check_command, check_job, check_refusal

LINES: list[Row] = [
    ("-i in.mp4 -ss 00:01:00 -t 30 out.mp4", {"input": {"start": 60, "duration": 30}}),
    (
        "-ss 60 -i in.mp4 -t 30 -c copy out.mp4",
        {
            "input": {"start": 60, "duration": 30},
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
        },
    ),
    (
        "-ss 00:00:10 -to 00:00:20 -i in.mp4 -c copy out.mp4",
        {
            "input": {"start": 10, "duration": 10},
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
        },
    ),
    ("-ss 10 -i in.mp4 -to 20 out.mp4", {"input": {"start": 10, "duration": 20}}),
    (
        "-i in.mp4 -ss 10 -to 20 -c:v libx264 -c:a aac out.mp4",
        {
            "video": {"codec": "libx264"},
            "audio": {"codec": "aac"},
            "input": {"start": 10, "duration": 10},
        },
    ),
    # copied after -i, the result begins at the next key frame
    (
        "-i in.mp4 -ss 10 -to 20 -c:v copy -c:a aac out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "aac"},
            "inputs": [{}],
            "extra_args": ["-ss", "10", "-to", "20"],
        },
    ),
    (
        "-ss 5 -i in.mp4 -c copy -copyts -ss 10 out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "inputs": [{"start": 5}],
            "extra_args": ["-copyts", "-ss", "10"],
        },
    ),
    ("-i in.mp4 -t 5 out.mkv", {"input": {"duration": 5}}),
    ("-t 5 -i in.mp4 out.mkv", {"input": {"duration": 5}}),
    ("-i in.mp4 -to 1:30 out.mp4", {"input": {"duration": 90}}),
    ("-ss 10 -i in.mp4 -ss 5 -t 3 out.mp4", {"input": {"start": 15, "duration": 3}}),
    ("-ss 1500ms -i in.mp4 out.mp4", {"input": {"start": 1.5}}),
    ("-ss 0 -i in.mp4 -t 10 out.mp4", {"input": {"duration": 10}}),
]

REFUSED: list[tuple[str, str]] = [
    (
        "-i in.mp4 -ss -5 out.mp4",
        "-ss -5: not a time from the beginning, such as 90, 1:30 or 1500ms",
    ),
    ("-ss 20 -i in.mp4 -t 0 out.mp4", "-t: the range would end before it begins"),
]


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
