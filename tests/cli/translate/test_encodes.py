"""Ordinary ffmpeg command lines: encodes with codecs, rates and their options."""

# ruff: noqa: E501 - command lines as they are typed

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import Row, check_command, check_job, check_refusal, job_of

LINES: list[Row] = [
    ("-i infile.mp4 -c:v libx264 -crf 23 outfile.mp4", {"video": {"codec": "libx264", "crf": 23}}),
    (
        "-i in.mov -vcodec libx264 -preset slow -crf 18 -acodec aac -ab 160k out.mp4",
        {
            "video": {"codec": "libx264", "preset": "slow", "crf": 18},
            "audio": {"codec": "aac", "bitrate": "160k"},
        },
    ),
    (
        "-i in.mov -c:v libx264 -preset veryfast -tune film -profile:v high -level 4.1 -pix_fmt yuv420p out.mp4",
        {
            "video": {
                "codec": "libx264",
                "preset": "veryfast",
                "tune": "film",
                "profile": "high",
                "level": "4.1",
                "pix_fmt": "yuv420p",
            }
        },
    ),
    (
        "-i in.mov -c:v libx264 -b:v 3M -maxrate 4M -bufsize 8M -c:a aac -b:a 128k -ar 44100 -ac 2 out.mp4",
        {
            "video": {"codec": "libx264", "bitrate": "3M", "maxrate": "4M", "bufsize": "8M"},
            "audio": {"codec": "aac", "bitrate": "128k", "sample_rate": 44100, "channels": 2},
        },
    ),
    (
        "-i in.mov -c:v libx265 -crf 28 -tag:v hvc1 -c:a copy out.mp4",
        {
            "video": {"codec": "libx265", "crf": 28},
            "audio": {"codec": "copy"},
            "extra_args": ["-tag:v", "hvc1"],
        },
    ),
    (
        "-i in.mov -c:v libvpx-vp9 -crf 30 -b:v 0 -c:a libopus out.webm",
        {"video": {"codec": "libvpx-vp9", "crf": 30}, "audio": {"codec": "libopus"}},
    ),
    (
        "-i in.mov -c:v libvpx-vp9 -crf 30 -b:v 2M -row-mt 1 -c:a libopus -b:a 96k out.webm",
        {
            "video": {"codec": "libvpx-vp9", "crf": 30, "bitrate": "2M"},
            "audio": {"codec": "libopus", "bitrate": "96k"},
            "extra_args": ["-row-mt", "1"],
        },
    ),
    (
        "-i in.mov -c:v libsvtav1 -preset 8 -crf 35 -svtav1-params tune=0 -c:a libopus out.webm",
        {
            "video": {"codec": "libsvtav1", "preset": "8", "crf": 35},
            "audio": {"codec": "libopus"},
            "extra_args": ["-svtav1-params", "tune=0"],
        },
    ),
    (
        "-i in.mov -c:v libaom-av1 -crf 30 -cpu-used 6 out.mkv",
        {"video": {"codec": "libaom-av1", "crf": 30}, "extra_args": ["-cpu-used", "6"]},
    ),
    (
        "-i in.mov -c:v libx264 -x264-params keyint=60:scenecut=0 out.mp4",
        {"video": {"codec": "libx264"}, "extra_args": ["-x264-params", "keyint=60:scenecut=0"]},
    ),
    (
        "-i in.mov -c:v libx264 -g 48 -keyint_min 48 -sc_threshold 0 -bf 2 out.mp4",
        {
            "video": {"codec": "libx264", "gop": 48, "bframes": 2},
            "extra_args": ["-keyint_min", "48", "-sc_threshold", "0"],
        },
    ),
    (
        '-i in.mov -c:v libx264 -force_key_frames "expr:gte(t,n_forced*2)" out.mp4',
        {
            "video": {"codec": "libx264"},
            "extra_args": ["-force_key_frames", "expr:gte(t,n_forced*2)"],
        },
    ),
    (
        "-i in.mov -c:v libx264 -qp 0 -preset ultrafast out.mkv",
        {"video": {"codec": "libx264", "qp": 0, "preset": "ultrafast"}},
    ),
    (
        "-i in.mov -vcodec mpeg4 -q:v 3 -acodec libmp3lame -q:a 2 out.avi",
        {
            "video": {"codec": "mpeg4"},
            "audio": {"codec": "libmp3lame", "quality": 2},
            "extra_args": ["-q:v", "3"],
        },
    ),
    (
        "-i in.mov -vcodec mpeg4 -qscale 3 out.avi",
        {"video": {"codec": "mpeg4"}, "extra_args": ["-qscale", "3"]},
    ),
    (
        "-i in.mov -c:v prores_ks -profile:v 3 -c:a pcm_s16le out.mov",
        {"video": {"codec": "prores_ks", "profile": "3"}, "audio": {"codec": "pcm_s16le"}},
    ),
    (
        "-i in.mov -c:v ffv1 -level 3 -g 1 -slices 16 -c:a flac out.mkv",
        {
            "video": {"codec": "ffv1", "level": "3", "gop": 1},
            "audio": {"codec": "flac"},
            "extra_args": ["-slices", "16"],
        },
    ),
    (
        "-y -hide_banner -loglevel error -stats -i in.mov -c:v libx264 -crf 20 -r 30 out.mp4",
        {"video": {"codec": "libx264", "crf": 20}, "extra_args": ["-r", "30"]},
    ),
    ("-i in.mov -r 30000/1001 out.mp4", {"extra_args": ["-r", "30000/1001"]}),
    ("-i in.mov -r ntsc out.mp4", {"extra_args": ["-r", "30000/1001"]}),
    (
        "-i in.mov -c:v libx264 -colorspace bt709 -color_primaries bt709 -color_trc bt709 out.mp4",
        {
            "video": {"codec": "libx264"},
            "extra_args": [
                "-colorspace",
                "bt709",
                "-color_primaries",
                "bt709",
                "-color_trc",
                "bt709",
            ],
        },
    ),
    (
        "-i in.mov -c:v libx264 -crf 22 -fps_mode cfr out.mp4",
        {"video": {"codec": "libx264", "crf": 22}, "extra_args": ["-fps_mode", "cfr"]},
    ),
    (
        "-i in.mov -c:v libx264 -crf 22 -vsync 1 out.mp4",
        {"video": {"codec": "libx264", "crf": 22}, "extra_args": ["-fps_mode", "cfr"]},
    ),
    (
        "-i in.mov -c:v libx264 -aspect 16:9 out.mp4",
        {"video": {"codec": "libx264"}, "extra_args": ["-aspect", "16:9"]},
    ),
    (
        "-i in.mov -c:v libx264 -shortest out.mp4",
        {"video": {"codec": "libx264"}, "extra_args": ["-shortest"]},
    ),
    (
        "-i in.mov -c:v libtheora -q:v 7 -c:a libvorbis -q:a 4 out.ogv",
        {
            "video": {"codec": "libtheora"},
            "audio": {"codec": "libvorbis", "quality": 4},
            "extra_args": ["-q:v", "7"],
        },
    ),
    (
        "-i in.mov -c:v libx264 -movflags frag_keyframe+empty_moov -f mp4 out.mp4",
        {
            "video": {"codec": "libx264"},
            "container": "mp4",
            "extra_args": ["-movflags", "frag_keyframe+empty_moov"],
        },
    ),
    ("-i in.mov -f mp4 -", {"container": "mp4"}),
    (
        "-i in.mp4 -c:v libx264 -b:v 2600k -pass 2 -c:a aac -b:a 128k out.mp4",
        {
            "video": {"codec": "libx264", "bitrate": "2600k", "two_pass": True},
            "audio": {"codec": "aac", "bitrate": "128k"},
        },
    ),
    ("-i in.mov -c:v libx264 -crf 23 -b:v 1M out.mp4", {"video": {"codec": "libx264", "crf": 23}}),
    ("-i in.mov -threads 4 out.mp4", {}),
]

REFUSED: list[tuple[str, str]] = [
    ("-i in.mov -c:v libx264 -crf good out.mp4", "-crf good: this option takes a number"),
    ("-i in.mov -c libx264 out.mp4", "-c libx264: name the streams: use -c:v or -c:a"),
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


@pytest.mark.parametrize(("name", "scale"), [("qcif", "176:144"), ("4kscope", "4096:1716")])
def test_a_size_may_have_the_name_that_ffmpeg_gives_it(name: str, scale: str) -> None:
    assert job_of(f"-i in.mp4 -s {name} out.mp4")["video"] == {"scale": scale}
