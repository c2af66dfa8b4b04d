"""-filter_complex of one input: filters of video and audio, or a graph of the job."""

# ruff: noqa: E501 - command lines as they are typed

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import Row, check_command, check_job, check_refusal

LINES: list[Row] = [
    (
        '-i in.mp4 -filter_complex "[0]hflip[s0]" -map "[s0]" out.mp4',
        {"video": {"filters": ["hflip"]}, "streams": ["0:v:0"]},
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]setpts=0.5*PTS[v];[0:a]atempo=2.0[a]" -map "[v]" -map "[a]" out.mp4',
        {
            "video": {"filters": ["setpts=0.5*PTS"]},
            "audio": {"filters": ["atempo=2.0"]},
            "streams": ["0:v:0", "0:a:0"],
        },
    ),
    (
        '-i in.mp4 -filter_complex "[0:a]atempo=2.0[a]" -filter_complex "[0:v]setpts=0.5*PTS[v]" -map "[a]" -map "[v]" out.mp4',
        {
            "video": {"filters": ["setpts=0.5*PTS"]},
            "audio": {"filters": ["atempo=2.0"]},
            "streams": ["0:a:0", "0:v:0"],
        },
    ),
    (
        '-i in.mp4 -filter_complex "[0]volume=2[out]" -map 0:v -map "[out]" -c:v copy out.mp4',
        {
            "video": {"codec": "copy"},
            "audio": {"filters": ["volume=2"]},
            "streams": ["0:v", "0:a:0"],
        },
    ),
    (
        '-i in.mp4 -lavfi "[0:v]crop=iw/2:ih:0:0[l];[0:v]hflip,crop=iw/2:ih:0:0[r];[l][r]hstack" out.mp4',
        {
            "video": {
                "filters": [
                    "split=2[read0][read1];[read0]crop=iw/2:ih:0:0[l];[read1]hflip,crop=iw/2:ih:0:0[r];[l][r]hstack"
                ]
            }
        },
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]scale=640:-2[big];[big]hflip[out]" -map [out] -map 0:a:1 out.mp4',
        {
            "video": {"filters": ["scale=640:-2[big];[big]hflip"]},
            "streams": ["0:v:0", "0:a:1"],
        },
    ),
    (
        "-i in.mp4 -filter_complex \"[0:a:1]pan='stereo|c0=c0|c1=c1',volume=2[x]\" -map [x] out.mp3",
        {"audio": {"filters": ["pan='stereo|c0=c0|c1=c1',volume=2"]}, "streams": ["0:a:1"]},
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]hflip[v];" -map [v] out.mp4',
        {"video": {"filters": ["hflip"]}, "streams": ["0:v:0"]},
    ),
]

GRAPHS: list[Row] = [
    (
        '-i in.mp4 -filter_complex "[0:v]split[a][b]" -map [a] -map [b] out.mkv',
        {"graph": "[0:v]split[a][b]", "streams": ["[a]", "[b]"]},
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]hflip[a];[0:v]vflip[b]" -map [a] -map [b] out.mkv',
        {"graph": "[0:v]hflip[a];[0:v]vflip[b]", "streams": ["[a]", "[b]"]},
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]trim=0:1[v0];[0:a]atrim=0:1[a0];[v0][a0]concat=n=1:v=1:a=1[v][a]" -map [v] -map [a] -t 4 -shortest out.mp4',
        {
            "graph": "[0:v]trim=0:1[v0];[0:a]atrim=0:1[a0];[v0][a0]concat=n=1:v=1:a=1[v][a]",
            "streams": ["[v]", "[a]"],
            "extra_args": ["-shortest", "-t", "4"],
        },
    ),
    (
        '-ss 2 -t 3 -i in.mp4 -filter_complex "[0:v]hflip[v]" -map [v] -map 0:v out.mkv',
        {
            "input": {"start": 2, "duration": 3},
            "graph": "[0:v]hflip[v]",
            "streams": ["[v]", "0:v"],
        },
    ),
    (
        '-i in2a.mkv -filter_complex "[0:a:0][0:a:1]amerge=inputs=2" -map 0:v -c:v copy out.mkv',
        {
            "video": {"codec": "copy"},
            "graph": "[0:a:0][0:a:1]amerge=inputs=2[out0]",
            "streams": ["[out0]", "0:v"],
        },
    ),
    (
        '-i in.mp3 -filter_complex "[0:a]showwaves=s=640x360[v]" -map [v] -map 0:a out.mp4',
        {"graph": "[0:a]showwaves=s=640x360[v]", "streams": ["[v]", "0:a"]},
    ),
    (
        "-i in.flac -lavfi showwavespic=s=640x240 wave.png",
        {"graph": "showwavespic=s=640x240"},
    ),
]

REFUSED = [
    (
        '-i in.mp4 -filter_complex "[1]hflip" out.mp4',
        "-filter_complex [1]: there is no input 1; the line has one input, counted from 0",
    ),
    (
        '-i in.mp4 -filter_complex "[0:v" out.mp4',
        "-filter_complex [0:v: missing closing bracket",
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]hflip[v]" -vf vflip -map [v] out.mp4',
        "-filter_complex: write all filters in one option",
    ),
    (
        "-i in.mp4 -map 1:a out.mp4",
        "-map 1:a: there is no input 1; the line has one input, counted from 0",
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]split[a][b]" -map [a] out.mp4',
        "[b]: no -map and no filter uses this output of the filters",
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]split[a][a]" -map [a] out.mp4',
        "-filter_complex [a]: this label is made twice",
    ),
    (
        '-i in.mp4 -filter_complex "[0:v][x]overlay[v]" -map [v] out.mp4',
        "[x]: no filter of -filter_complex makes this label",
    ),
    ("-i in.mp4 -map [v] out.mp4", "[v]: no filter of -filter_complex makes this label"),
    (
        '-i in.mp4 -filter_complex "[0:v]split[a][b];[a][b]hstack[v];[a]null[w]" -map [v] -map [w] out.mp4',
        "[a]: this label is used twice",
    ),
]


@pytest.mark.parametrize(("line", "job"), LINES)
def test_the_graph_becomes_video_and_audio_filters(line: str, job: dict[str, object]) -> None:
    check_job(line, job)


@pytest.mark.parametrize("line", [line for line, _ in LINES])
def test_the_server_accepts_the_filters(line: str, capabilities: ffmpeg.Capabilities) -> None:
    check_command(line, capabilities)


@pytest.mark.parametrize(("line", "job"), GRAPHS)
def test_a_graph_of_several_streams_becomes_the_graph_of_the_job(
    line: str, job: dict[str, object]
) -> None:
    check_job(line, job)


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_an_unsupported_graph_is_refused_by_name(line: str, message: str) -> None:
    check_refusal(line, message)
