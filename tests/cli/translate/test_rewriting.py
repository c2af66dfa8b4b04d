"""Options that stand for others: -target, -map_channel, parameters with pass, repeated options."""

# ruff: noqa: E501 - the lines are what people type

from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote_cli.translate import FirstPass
from tests.support.ffmpeg_lines import (
    check_command,
    check_job,
    check_refusal,
    job_of,
    remarks_on,
    translated,
)

REWRITTEN: list[tuple[str, dict[str, Any]]] = [
    (
        "-i in.mp4 -map_channel 0.1.0 -map_channel 0.1.1 out.mp4",
        {"audio": {"filters": ["pan=stereo|c0=c0|c1=c1"]}},
    ),
    (
        "-i in.mp4 -map_channel 0.1.1 -map_channel -1 -af volume=2 out.mp4",
        {"audio": {"filters": ["pan=stereo|c0=c1|c1=0*c0,volume=2"]}},
    ),
    (
        "-i in.mp4 -c:v libx265 -b:v 2M -x265-params pass=2:stats=a.log:keyint=50 out.mp4",
        {
            "video": {"codec": "libx265", "bitrate": "2M", "two_pass": True},
            "extra_args": ["-x265-params", "keyint=50"],
        },
    ),
    (
        "-i in.mp4 -movflags use_metadata_tags -movflags +faststart out.mp4",
        {"extra_args": ["-movflags", "use_metadata_tags+faststart"]},
    ),
    (
        "-i in.mp4 -brand isom -brand mp42 out.mp4",
        {"extra_args": ["-brand", "mp42"]},
    ),
    (
        "-i in.mp4 -c copy -c:a:0 aac -ac 2 -b:a 128k out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-c:a:0", "aac", "-ac:a:0", "2", "-b:a:0", "128k"],
        },
    ),
    (
        "-i in.mp4 -target pal-vcd out.mpg",
        {
            "output_filename": "out.mpg",
            "container": "vcd",
            "video": {
                "codec": "mpeg1video",
                "bitrate": "1150000",
                "maxrate": "1150000",
                "bufsize": "327680",
                "pix_fmt": "yuv420p",
                "gop": 15,
                "scale": "352:288",
            },
            "audio": {"codec": "mp2", "bitrate": "224000", "sample_rate": 44100, "channels": 2},
            "extra_args": ["-minrate", "1150000", "-r", "25"],
        },
    ),
    ("-i in.mp4 -crf 23 -b:v 0k out.mp4", {"video": {"crf": 23}}),
    ("-i in.mp4 -b:v 0 out.mp4", {"video": {}}),
    ("-i in.mp4 -fs 8M out.mp4", {"extra_args": ["-fs", "8M"]}),
    (
        "-ss 1 -i in.mp4 -t 3 -c copy -copyts out.mp4",
        {
            "input": {"start": 1, "duration": 2},
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-copyts"],
        },
    ),
    (
        "-i in.mkv -c:v libx264 out.mkv",
        {
            "output_filename": "out.mkv",
            "video": {"codec": "libx264"},
            "subtitles": {"mode": "convert", "codec": "ass", "track": "default"},
        },
    ),
    ("-i in.mkv -sn out.mkv", {"output_filename": "out.mkv", "subtitles": {"mode": "drop"}}),
]


@pytest.mark.parametrize(("line", "job"), REWRITTEN)
def test_an_option_that_stands_for_others_is_read_as_those(line: str, job: dict[str, Any]) -> None:
    assert job_of(line) == {"output_filename": "out.mp4", **job}


TAKEN = [
    "-i in.mp4 -map_metadata 0 -map_metadata 0:s:a:0 -map_metadata:s:a:0 0:g out.mp4",
    "-i in.mp4 -flags:a +bitexact -flags:v +bitexact out.mp4",
    "-i in.mp4 -c:v libx264 -x264-params keyint=200:min-keyint=100:vbv-maxrate=900 out.mp4",
    "-i in.mp4 -dither_method triangular out.mp3",
    "-i in.mp4 -copyts -start_at_zero out.mp4",
    "-i in.mp4 -c:v libvpx-vp9 -speed 4 out.webm",
]


@pytest.mark.parametrize("line", TAKEN)
def test_the_server_runs_what_was_typed(line: str, capabilities: ffmpeg.Capabilities) -> None:
    check_command(line, capabilities)


def test_a_first_pass_by_the_parameters_of_x265_is_a_first_pass() -> None:
    line = "-i in.mp4 -c:v libx265 -x265-params pass=1 -an -f null /dev/null"

    assert translated(line) == FirstPass()


def test_a_rate_in_kilobits_is_read_as_such_with_a_remark() -> None:
    line = "-i in.mp4 -vn -ab 320 out.mp3"

    assert job_of(line)["audio"] == {"bitrate": "320k"}
    assert remarks_on(line) == ("-ab 320 is read as 320k; ffmpeg would read 320 bits per second",)


REFUSED = {
    "-i in.mp4 -map_channel 0.1.0 -map_channel 0.2.0 out.wav": "-map_channel 0.2.0: the channels of several streams cannot be joined by this option",
    "-i in.mp4 -map_channel 1.0.0 out.wav": "-map_channel 1.0.0: supported are channels of the input such as 0.1.0 (stream 1, channel 0), and -1",
    "-i in.mp4 -target dvd out.mpg": "-target dvd: supported are pal-, ntsc- and film- with vcd, svcd, dvd, dv and dv50, such as pal-dvd",
    "-i in.mp4 -ss 1 -copyts out.mp4": "-ss: after -i it cannot be combined with -copyts",
}


@pytest.mark.parametrize(("line", "reason"), REFUSED.items())
def test_what_stands_for_nothing_is_refused(line: str, reason: str) -> None:
    check_refusal(line, reason)


@pytest.mark.parametrize(
    ("line", "graph"),
    [
        (
            '-i in.mp4 -vf "movie=logo.png [wm]; [in][wm] overlay=10:10 [out]" out.mp4',
            "[0:v][1:v]overlay=10:10",
        ),
        (
            "-i in.mp4 -vf movie=logo.png,scale=50:-1[wm];[in][wm]overlay out.mp4",
            "[1:v]scale=50:-1[wm];[0:v][wm]overlay",
        ),
        (
            "-i in.mp4 -filter_complex movie=logo.png[wm];[0:v][wm]overlay out.mp4",
            "[0:v][1:v]overlay",
        ),
    ],
)
def test_the_file_of_movie_is_an_input(line: str, graph: str) -> None:
    check_job(line, {"inputs": [{}, {}], "graph": graph})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "-i in.mp4 -vf movie=a.mp4:loop=0[w];[in][w]overlay out.mp4",
            "movie=a.mp4:loop=0: movie is supported with a file name alone",
        ),
        (
            "-i in.mp4 -vf movie=a.png[w];[in][w]overlay -map 0:v out.mp4",
            "-vf movie=a.png[w];[in][w]overlay: beside -map, name the file of movie with -i and -filter_complex",
        ),
    ],
)
def test_a_movie_that_no_job_has_is_refused(line: str, message: str) -> None:
    check_refusal(line, message)
