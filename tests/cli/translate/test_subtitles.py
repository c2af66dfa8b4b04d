"""Ordinary ffmpeg command lines: subtitles and metadata."""

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import Row, check_command, check_job, check_refusal

LINES: list[Row] = [
    ("-i in.mkv -map 0:s:0 out.srt", {"streams": ["0:s:0"]}),
    (
        "-i in.mkv -c:v copy -c:a copy -c:s srt out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "subtitles": {"mode": "convert", "codec": "srt", "track": "auto"},
        },
    ),
    (
        "-i in.mkv -sn -c copy out.mkv",
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}, "subtitles": {"mode": "drop"}},
    ),
    ("-i in.mkv -vf subtitles=in.mkv out.mp4", {"subtitles": {"mode": "burn", "track": 0}}),
    (
        "-ss 1 -i in.mp4 -vf fps=10,subtitles=subs.srt -t 2 out.mp4",
        {
            "inputs": [{"start": 1}, {"role": "subtitle"}],
            "video": {"filters": ["fps=10"]},
            "subtitles": {"mode": "burn", "track": 0, "input": 1},
            "extra_args": ["-t", "2"],
        },
    ),
    (
        "-i in.mp4 -i music.mp3 -map 0:v -map 1:a -vf subtitles=subs.ass out.mp4",
        {
            "inputs": [{}, {}, {"role": "subtitle"}],
            "streams": ["0:v", "1:a"],
            "subtitles": {"mode": "burn", "track": 0, "input": 2},
        },
    ),
    (
        "-i a.mkv -i b.mkv -vf subtitles=./b.mkv:si=1 out.mp4",
        {"inputs": [{}, {}], "subtitles": {"mode": "burn", "track": 1, "input": 1}},
    ),
    (
        r"-i in.mp4 -vf subtitles=s.srt:charenc=CP1251:force_style=FontName=A\\,FontSize=18 o.mp4",
        {
            "inputs": [{}, {"role": "subtitle", "charset": "CP1251"}],
            "subtitles": {
                "mode": "burn",
                "track": 0,
                "style": "FontName=A,FontSize=18",
                "input": 1,
            },
        },
    ),
    (
        "-i in.mp4 -vf subtitles=subs.srt,scale=640:-2 out.mp4",
        {
            "inputs": [{}, {"role": "subtitle"}],
            "video": {"filters": ["scale=640:-2"]},
            "subtitles": {"mode": "burn", "track": 0, "before_filters": True, "input": 1},
        },
    ),
    (
        "-i in.mp4 -filter_complex [0:v]subtitles=subs.srt[v] -map [v] -map 0:a out.mp4",
        {
            "inputs": [{}, {"role": "subtitle"}],
            "video": {"filters": ["null"]},
            "streams": ["0:v:0", "0:a"],
            "subtitles": {"mode": "burn", "track": 0, "input": 1},
        },
    ),
    (
        "-i a.mp4 -i b.png -filter_complex [0:v][1:v]overlay,subtitles=subs.srt[v] -map [v] o.mp4",
        {
            "inputs": [{}, {}, {"role": "subtitle"}],
            "graph": "[0:v][1:v]overlay[v]",
            "streams": ["[v]"],
            "subtitles": {"mode": "burn", "track": 0, "input": 2},
        },
    ),
    (
        "-i in.mkv -filter_complex [0:v][0:s:1]overlay[v] -map [v] -map 0:a -c:a copy out.mp4",
        {
            "video": {"filters": ["null"]},
            "audio": {"codec": "copy"},
            "streams": ["0:v:0", "0:a"],
            "subtitles": {"mode": "burn", "track": 1},
        },
    ),
    (
        "-i in.mkv -filter_complex [0:v:0][0:s]overlay,scale=640:-2 out.mp4",
        {"video": {"filters": ["scale=640:-2"]}, "subtitles": {"mode": "burn", "track": 0}},
    ),
    # fonts and LUTs of filters come last
    (
        "-ss 1 -i in.mp4 -vf lut3d=look.cube,drawtext=fontfile=a.ttf:text=Hi,subtitles=s.srt o.mp4",
        {
            "inputs": [{"start": 1}, {"role": "subtitle"}, {"role": "lut"}, {"role": "font"}],
            "video": {"filters": ["lut3d='input=2',drawtext='input=3:text=Hi'"]},
            "subtitles": {"mode": "burn", "track": 0, "input": 1},
        },
    ),
    (
        "-i a.mp4 -i b.mp4 -filter_complex [0:v]lut3d=a.cube[x];[x][1:v]hstack[v] -map [v] o.mp4",
        {
            "inputs": [{}, {}, {"role": "lut"}],
            "graph": "[0:v]lut3d='input=2'[x];[x][1:v]hstack[v]",
            "streams": ["[v]"],
        },
    ),
    (
        '-i in.mkv -vf "scale=1280:-2,subtitles=in.mkv:si=1" -c:a copy out.mp4',
        {
            "audio": {"codec": "copy"},
            "video": {"filters": ["scale=1280:-2"]},
            "subtitles": {"mode": "burn", "track": 1},
        },
    ),
    (
        "-i in.mkv -map 0:v -map 0:a -map 0:s -c:v libx264 -c:a copy -c:s copy out.mkv",
        {
            "video": {"codec": "libx264"},
            "audio": {"codec": "copy"},
            "streams": ["0:v", "0:a", "0:s"],
            "subtitles": {"mode": "copy"},
        },
    ),
    (
        '-i in.mp4 -metadata title="A = B" -metadata artist=Me -c copy out.mp4',
        {
            "metadata": {"title": "A = B", "artist": "Me"},
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
        },
    ),
    (
        "-i in.mp4 -map_metadata -1 -c:v copy -c:a copy out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-map_metadata", "-1"],
        },
    ),
    (
        "-i in.mp4 -metadata:s:a:0 language=eng -c copy out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-metadata:s:a:0", "language=eng"],
        },
    ),
    (
        "-i in.mp4 -c copy -disposition:a:0 default out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-disposition:a:0", "default"],
        },
    ),
    (
        "-i in.mp4 -c copy -map_chapters -1 out.mp4",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "extra_args": ["-map_chapters", "-1"],
        },
    ),
    # streams by their language
    (
        "-i in.mkv -map 0:v -map 0:a:m:language:eng? -c copy out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0:v", "0:a:m:language:eng?"],
        },
    ),
    (
        "-i in.mkv -map 0 -map -0:s:m:language:ger -map 0:m:title:Song -c copy out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0", "-0:s:m:language:ger", "0:m:title:Song"],
            "subtitles": {"mode": "copy"},
        },
    ),
    # everything but the subtitles
    (
        "-i in.mkv -sn -map_metadata -1 -map 0 -c copy out.mkv",
        {
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0"],
            "subtitles": {"mode": "drop"},
            "extra_args": ["-map_metadata", "-1"],
        },
    ),
]

REFUSED: list[tuple[str, str]] = [
    (
        "-i in.mkv -map 0:p:1 -c copy out.mkv",
        (
            "-map 0:p:1: supported maps are like 0, 0:v:0, 1:a?, 0:3, -0:s, 0:a:m:language:eng or"
            " [label]"
        ),
    ),
    (
        '-i in.mkv -vf "hflip,subtitles=in.mkv,scale=1280:-2" out.mp4',
        (
            "-vf hflip,subtitles=in.mkv,scale=1280:-2: the filter that burns subtitles in must be"
            " the first or the last one"
        ),
    ),
    (
        "-i in.mp4 -vf subtitles=subs.srt:original_size=640x360 out.mp4",
        (
            "subtitles=subs.srt:original_size=640x360: original_size is not supported: a job burns"
            " subtitles as large as the picture"
        ),
    ),
    (
        "-i in.mp4 -filter_complex [0:v]subtitles=s.srt,hflip[a];[a][1:v]hstack[v] -map [v] o.mp4",
        (
            "-filter_complex [0:v]subtitles=s.srt,hflip[a];[a][1:v]hstack[v]: subtitles are burned"
            " into one video, and no other filters are beside it"
        ),
    ),
    ("-i in.mp4 -metadata title -c copy out.mp4", "-metadata title: metadata must be KEY=VALUE"),
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
