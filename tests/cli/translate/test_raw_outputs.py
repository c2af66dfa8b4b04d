"""ffmpeg command lines that write raw sound and pictures, checksums, tags, and animations."""

from typing import Any

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import check_command, check_job, check_refusal

LINES: list[tuple[str, dict[str, Any] | None]] = [
    # as speech recognition, editors and players read from a pipe
    (
        "-nostdin -threads 0 -i in.mp4 -f s16le -ac 1 -acodec pcm_s16le -ar 16000 -",
        {
            "container": "s16le",
            "audio": {"codec": "pcm_s16le", "channels": 1, "sample_rate": 16000},
        },
    ),
    (
        "-i in.mp3 -f f32le -ac 1 -ar 44100 pipe:1",
        {
            "output_filename": "result.f32le",
            "container": "f32le",
            "audio": {"channels": 1, "sample_rate": 44100},
        },
    ),
    ("-i in.wav -ar 8000 -f mulaw out.raw", {"container": "mulaw", "audio": {"sample_rate": 8000}}),
    (
        "-i in.mp4 -f rawvideo -pix_fmt rgb24 -",
        {"container": "rawvideo", "video": {"pix_fmt": "rgb24"}},
    ),
    (
        "-i in.mp4 -f image2pipe -pix_fmt rgb24 -vcodec rawvideo -an -",
        None,
    ),
    ("-i in.mp4 -pix_fmt yuv420p out.yuv", {"video": {"pix_fmt": "yuv420p"}}),
    (
        "-i in.mp4 -map 0:v:0 -c:v copy -f md5 -",
        {"container": "md5", "video": {"codec": "copy"}, "streams": ["0:v:0"]},
    ),
    ("-i in.mp4 -f framemd5 -an out.framemd5", {"container": "framemd5", "audio": False}),
    (
        "-i in.mp4 -f hash -hash sha512 sum.txt",
        {"container": "hash", "extra_args": ["-hash", "sha512"]},
    ),
    (
        "-i in.mp4 -c copy -f streamhash -hash md5 -",
        {
            "container": "streamhash",
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-hash", "md5"],
        },
    ),
    ("-i in.mp4 -f framecrc -", {"container": "framecrc"}),
    ("-i in.mp4 -f ffmetadata meta.txt", {"container": "ffmetadata"}),
    (
        "-i in.mp4 -vf fps=1 -f image2pipe -c:v png -",
        {"container": "image2pipe", "video": {"codec": "png", "filters": ["fps=1"]}},
    ),
    ("-i in.mp4 -f image2pipe -", {"container": "image2pipe", "video": {"bitrate": "200k"}}),
    ("-i in.mp4 -f mjpeg -", {"container": "mjpeg", "video": {"bitrate": "200k"}}),
    ("-i in.mp4 -c:v mjpeg -q:v 3 out.mjpeg", None),
    ("-i in.mp4 -vf fps=10 -loop 0 out.webp", None),
    ("-i in.mp4 -frames:v 1 out.webp", {}),
    ("-i photo.png out.webp", {}),
    ("-i in.mp4 -c:v libaom-av1 -crf 30 -frames:v 1 out.avif", None),
    ("-i in.mp4 -f mpegts -", {"container": "ts"}),
    ("-i in.mp4 -f matroska -", None),
    ("-i in.m4a -acodec pcm_s16le -vn -f wav -", None),
]

REFUSED: list[tuple[str, str]] = [
    ("-i in.mp4 -f image2 -", "-f image2: this produces several files, and a job produces one"),
]


@pytest.mark.parametrize(("line", "job"), [row for row in LINES if row[1] is not None])
def test_the_command_line_is_translated_to_this_job(line: str, job: dict[str, object]) -> None:
    check_job(line, job)


@pytest.mark.parametrize("line", [line for line, _ in LINES])
def test_the_server_accepts_the_job_and_plans_the_typed_options(
    line: str, capabilities: ffmpeg.Capabilities
) -> None:
    check_command(line, capabilities)


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_several_files_are_refused_by_name(line: str, message: str) -> None:
    check_refusal(line, message)
