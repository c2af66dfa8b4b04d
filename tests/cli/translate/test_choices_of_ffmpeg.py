"""Choices of FFmpeg that the server would make otherwise: tags of Ogg, odd sizes, pipes."""

from typing import Any

import pytest

from tests.support.ffmpeg_lines import check_job, job_of, remarks_on


@pytest.mark.parametrize("name", ["in.ogg", "in.opus", "file:in.oga"])
def test_tags_of_an_ogg_stream_are_left_out_of_other_containers(name: str) -> None:
    assert job_of(f"-i {name} -c:a libmp3lame out.mp3")["extra_args"] == ["-map_metadata", "0"]


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("-i in.ogg -map_metadata 0:s:a:0 out.mp3", ["-map_metadata", "0:s:a:0"]),
        ("-i in.ogg -c:a libopus out.opus", None),
        ("-i in.flac out.mp3", None),
    ],
)
def test_tags_are_kept_where_ffmpeg_keeps_them(line: str, options: list[str] | None) -> None:
    assert job_of(line).get("extra_args") == options


def test_an_mp3_on_stdout_has_no_header_that_needs_seeking() -> None:
    check_job("-i in.wav -f mp3 -", {"container": "mp3", "extra_args": ["-write_xing", "0"]})
    check_job("-i in.wav -f mp3 out.mp3", {"container": "mp3"})
    check_job("-i in.wav -f wav -", {"container": "wav"})


def test_the_quality_0_of_aac_is_the_one_that_its_encoder_takes() -> None:
    check_job("-i in.mp4 -vn -q:a 0 a.m4a", {"video": False, "audio": {"quality": 1.02}})
    check_job("-i in.mp4 -vn -q:a 0 a.mp3", {"video": False, "audio": {"quality": 0}})


@pytest.mark.parametrize(
    "line",
    [
        "-i a.gif out.mov",
        "-i a.gif -c:v libx264 -vf fps=10 out.mp4",
        "-loop 1 -i a.png -t 2 out.mkv",
        "-framerate 30 -i a%03d.png -s 320x240 out.mp4",
    ],
)
def test_pictures_keep_their_colours_in_the_format_that_ffmpeg_chooses(line: str) -> None:
    assert job_of(line)["video"]["pix_fmt"] == "auto"
    assert "few players show" in remarks_on(line)[-1]


@pytest.mark.parametrize(
    "line",
    [
        "-i a.gif out.webm",
        "-i a.gif -c:v libx265 out.mp4",
        "-i a.gif -vf scale=320:-2,format=yuv420p out.mp4",
        "-i a.gif -profile:v high out.mp4",
        "-i a.gif out.png",
        "-i a.jpg out.mp4",
        "-i a.mp4 out.mp4",
    ],
)
def test_the_server_chooses_the_pixel_format_of_others(line: str) -> None:
    assert "pix_fmt" not in job_of(line).get("video", {})
    assert not any("few players show" in each for each in remarks_on(line))


def test_a_pixel_format_of_the_line_stays() -> None:
    assert job_of("-i odd.gif -pix_fmt yuv420p out.mp4")["video"] == {"pix_fmt": "yuv420p"}


@pytest.mark.parametrize(
    ("line", "video"),
    [
        ("-framerate 25 -i a%03d.png -c:v libvpx-vp9 -b:v 0 out.webm", {"crf": 32}),
        ("-i a.mp4 out.webm", {"crf": 32}),
        ("-i a.mp4 -c:v libaom-av1 out.mkv", {"crf": 32}),
        ("-i a.mp4 out.avi", {"bitrate": "200k"}),
        ("-i a.png out.jpg", {"bitrate": "200k"}),
        ("-i a.mp4 out%03d.jpg", {"bitrate": "200k"}),
        ("-i a.mp4 -c:v mpeg4 out.mp4", {"bitrate": "200k"}),
    ],
)
def test_a_quality_that_the_line_does_not_name_is_that_of_ffmpeg(
    line: str, video: dict[str, Any]
) -> None:
    assert video.items() <= job_of(line)["video"].items()


@pytest.mark.parametrize(
    ("line", "video"),
    [
        ("-i a.mp4 -c:v libvpx-vp9 -crf 30 -b:v 0 out.webm", {"codec": "libvpx-vp9", "crf": 30}),
        ("-i a.mp4 -b:v 1M out.avi", {"bitrate": "1M"}),
        ("-i a.mp4 -q:v 3 out.avi", None),
        ("-i a.mp4 -qscale 3 out%d.jpg", None),
        ("-i a.mp4 -c:v libvpx-vp9 -lossless 1 out.webm", {"codec": "libvpx-vp9"}),
        ("-i a.mp4 -c copy out.avi", {"codec": "copy"}),
        ("-i a.mp4 -vn out.webm", False),
        ("-i a.mp4 out.mp4", None),
    ],
)
def test_a_quality_of_the_line_stays(line: str, video: dict[str, Any] | None) -> None:
    assert job_of(line).get("video") == video


def test_a_remark_says_how_little_the_encoders_with_a_fixed_rate_get() -> None:
    assert remarks_on("-i a.mp4 out.avi")[-1].startswith("as with ffmpeg the video gets 200 kbit/s")
    assert remarks_on("-i a.mp4 -frames:v 1 out.jpg") == ()


@pytest.mark.parametrize(
    ("line", "video", "audio"),
    [
        ("-i a.mp4 out.flv", {"codec": "flv", "bitrate": "200k"}, {"codec": "libmp3lame"}),
        ("-i a.mp4 -c:v libx264 -an -f flv -", {"codec": "libx264"}, False),
        ("-i a.mp4 -c copy out.flv", {"codec": "copy"}, {"codec": "copy"}),
    ],
)
def test_flv_has_the_codecs_of_ffmpeg(line: str, video: Any, audio: Any) -> None:
    job = job_of(line)

    assert (job["video"], job["audio"]) == (video, audio)
