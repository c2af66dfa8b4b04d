"""Ordinary ffmpeg command lines: remuxes, which copy streams."""

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import Row, check_command, check_job

LINES: list[Row] = [
    ("-i in.mkv -c copy out.mp4", {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}),
    ("-i in.mkv -codec copy out.mov", {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}),
    (
        "-i in.avi -vcodec copy -acodec copy out.mkv",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}},
    ),
    (
        "-i in.mkv -map 0 -c copy out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0"],
            "subtitles": {"mode": "copy"},
        },
    ),
    (
        "-i in.mp4 -c copy -movflags +faststart out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-movflags", "+faststart"],
        },
    ),
    (
        "-i in.ts -c copy -bsf:a aac_adtstoasc out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-bsf:a", "aac_adtstoasc"],
        },
    ),
    (
        "-i in.mkv -map 0 -c copy -c:s mov_text out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0"],
            "subtitles": {"mode": "convert", "codec": "mov_text"},
        },
    ),
    (
        "-i in.mkv -c:v copy -c:a aac -b:a 192k out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "aac", "bitrate": "192k"}},
    ),
    (
        "-i in.mp4 -c copy -f matroska out.mkv",
        {
            "container": "mkv",
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "copy", "track": "auto"},
        },
    ),
    (
        "-i in.mp4 -c copy -f mpegts out.ts",
        {"container": "ts", "video": {"codec": "copy"}, "audio": {"codec": "copy"}},
    ),
    (
        "-i in.mkv -map 0:v:0 -map 0:a:1 -c copy out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "streams": ["0:v:0", "0:a:1"]},
    ),
    (
        "-i in.mkv -map 0 -map -0:s -c copy out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0", "-0:s"],
            "subtitles": {"mode": "copy"},
        },
    ),
    (
        "-i in.mp4 -map 0:v -map 0:a? -c copy out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "streams": ["0:v", "0:a?"]},
    ),
    (
        "-i in.mp4 -c copy -tag:v hvc1 out.mp4",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "extra_args": ["-tag:v", "hvc1"]},
    ),
]


@pytest.mark.parametrize(("line", "job"), LINES)
def test_the_command_line_is_translated_to_this_job(line: str, job: dict[str, object]) -> None:
    check_job(line, job)


@pytest.mark.parametrize("line", [line for line, _ in LINES])
def test_the_server_accepts_the_job_and_plans_the_typed_options(
    line: str, capabilities: ffmpeg.Capabilities
) -> None:
    check_command(line, capabilities)
