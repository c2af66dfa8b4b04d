"""Ordinary ffmpeg command lines: still pictures and animations of a video."""

# ruff: noqa: E501 - command lines as they are typed

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import Row, check_command, check_job, check_refusal, remarks_on

LINES: list[Row] = [
    ("-i in.mp4 out.gif", {}),
    (
        '-ss 2 -t 3 -i in.mp4 -vf "fps=10,scale=320:-1:flags=lanczos" -loop 0 out.gif',
        {
            "video": {"filters": ["fps=10,scale=320:-1:flags=lanczos"]},
            "input": {"start": 2, "duration": 3},
            "extra_args": ["-loop", "0"],
        },
    ),
    (
        '-i in.mp4 -filter_complex "[0:v] fps=12,scale=480:-1,split [a][b];[a] palettegen [p];[b][p] paletteuse" out.gif',
        {
            "video": {
                "filters": ["fps=12,scale=480:-1,split[a][b];[a]palettegen[p];[b][p]paletteuse"]
            }
        },
    ),
    (
        '-i in.mp4 -vf "fps=10,scale=320:-1,split[s0][s1];[s0]palettegen[p];[s1][p]paletteuse" -loop 0 out.gif',
        {
            "video": {
                "filters": ["fps=10,scale=320:-1,split[s0][s1];[s0]palettegen[p];[s1][p]paletteuse"]
            },
            "extra_args": ["-loop", "0"],
        },
    ),
    (
        "-ss 5 -i in.mp4 -frames:v 1 out.jpg",
        {"input": {"start": 5}, "video": {"bitrate": "200k"}},
    ),
    (
        "-ss 00:00:05 -i in.mp4 -vframes 1 -q:v 2 out.jpg",
        {"input": {"start": 5}, "extra_args": ["-q:v", "2"]},
    ),
    (
        "-i in.mp4 -ss 3 -frames:v 1 -s 320x180 thumb.png",
        {"input": {"start": 3}, "video": {"scale": "320:180"}},
    ),
    (
        "-ss 5 -i in.mp4 -vf scale=320:-1 -frames:v 1 -update 1 out.png",
        {"video": {"filters": ["scale=320:-1"]}, "input": {"start": 5}},
    ),
    ("-ss 5 -i in.mp4 -frames:v 1 -f image2 out.png", {"container": "png", "input": {"start": 5}}),
    (
        "-i in.mp4 -vf thumbnail -frames:v 1 out.png",
        {"video": {"filters": ["thumbnail"]}},
    ),
    (
        '-i in.mp4 -vf "fps=1/10,tile=5x5,scale=1920:-1" -frames:v 1 sheet.jpg',
        {"video": {"filters": ["fps=1/10,tile=5x5,scale=1920:-1"], "bitrate": "200k"}},
    ),
    # the last frame: each replaces the one before it
    (
        "-sseof -1 -i in.mp4 -update 1 -q:v 1 last.jpg",
        {"input": {"end_offset": 1}, "extra_args": ["-q:v", "1", "-update", "1"]},
    ),
    (
        "-ss 2 -i in.mp4 -frames:v 3 -update 1 out.png",
        {"input": {"start": 2}, "extra_args": ["-frames:v", "3", "-update", "1"]},
    ),
    # FFmpeg keeps the first picture of these, and fails if there are more
    ("-i in.mp4 out.jpg", {"video": {"bitrate": "200k"}}),
    (
        '-ss 1 -i in.mp4 -t 2 -vf "fps=1/10,scale=160:90,tile=5x4" sprite.jpg',
        {
            "input": {"start": 1, "duration": 2},
            "video": {"filters": ["fps=1/10,scale=160:90,tile=5x4"], "bitrate": "200k"},
        },
    ),
    ("-i in.mp4 -frames:v 100 out.mp4", {"extra_args": ["-frames:v", "100"]}),
    # one picture in, one picture out
    ("-i odd.png ours1.jpg", {"video": {"bitrate": "200k"}}),
    (
        "-i photo.tiff -vf scale=64:-1 -q:v 2 small.jpg",
        {
            "video": {"filters": ["scale=64:-1"]},
            "extra_args": ["-q:v", "2"],
        },
    ),
    ("-i in.webp -f image2 out.png", {"container": "png"}),
    (
        "-i cover.mp3 -an -c:v copy ours2.jpg",
        {"video": {"codec": "copy"}, "audio": False},
    ),
    ("-i book.m4b cover.png", {}),
    (
        "-i in.mp4 -vf fps=5,palettegen palette.png",
        {"video": {"filters": ["fps=5,palettegen"]}},
    ),
    (
        "-ss 3 -i in.mp4 -frames:v 1 -f image2pipe -c:v png -",
        {"container": "png", "input": {"start": 3}, "video": {"codec": "png"}},
    ),
]

REFUSED: list[tuple[str, str]] = [
    (
        "-i in.mp4 -frames:v 3 out.png",
        "out.png: 3 pictures do not fit into one file, and a job produces one",
    ),
    (
        "-i in.mp4 -f image2 -",
        "-f image2: this produces several files, and a job produces one",
    ),
    (
        "-i in.mp4 -update 1 out.mp4",
        "-update: supported for a single picture (png, jpg, bmp, tiff) only",
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


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_an_unsupported_option_is_refused_by_name(line: str, message: str) -> None:
    check_refusal(line, message)


@pytest.mark.parametrize(
    ("line", "has_remark"),
    [
        ("-i in.mp4 out.jpg", True),
        ("-i in.mp4 -frames:v 1 out.jpg", False),
        ("-i photo.png out.jpg", False),
        ("-i in.mp4 -vf palettegen palette.png", False),
        ("-sseof -1 -i in.mp4 -update 1 last.jpg", False),
    ],
)
def test_a_remark_says_that_a_video_may_have_more_frames_than_the_picture(
    line: str, has_remark: bool
) -> None:
    assert any("is the first picture" in each for each in remarks_on(line)) is has_remark
