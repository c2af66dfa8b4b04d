"""Several -i: the inputs, maps over them, graphs over them, and generated inputs."""

# ruff: noqa: E501 - command lines as they are typed

import pytest

from ffremote_cli.translate import Translation
from tests.support.ffmpeg_lines import Row, check_job, check_refusal, translated

LINES: list[Row] = [
    (
        "-i in.mp4 -i music.mp3 -map 0:v:0 -map 1:a:0 -c copy -shortest out.mp4",
        {
            "inputs": [{}, {}],
            "video": {"codec": "copy"},
            "audio": {"codec": "copy"},
            "streams": ["0:v:0", "1:a:0"],
            "extra_args": ["-shortest"],
        },
    ),
    (
        "-ss 1 -t 2 -i a.mp4 -ss 3 -to 5 -i b.mp4 -map 0:v -map 1:a -t 2 out.mp4",
        {
            "inputs": [{"start": 1, "duration": 2}, {"start": 3, "duration": 2}],
            "streams": ["0:v", "1:a"],
            "extra_args": ["-t", "2"],
        },
    ),
    (
        "-i in.mp4 -i music.mp3 -map 0 -map 1 -map -0:s out.mkv",
        {"streams": ["0", "1", "-0:s"], "subtitles": {"mode": "convert", "codec": "ass"}},
    ),
    (
        "-i in.mp4 -i logo.png -filter_complex overlay=10:10 -c:a copy out.mp4",
        {"graph": "overlay=10:10", "audio": {"codec": "copy"}},
    ),
    (
        '-i in.mp4 -i music.mp3 -filter_complex "[0:a]volume=1.0[a0]; [1:a]volume=0.3[a1]; [a0][a1] amix=inputs=2 [a]" -map 0:v -map "[a]" -c:v copy out.mp4',
        {
            "video": {"codec": "copy"},
            "graph": "[0:a]volume=1.0[a0];[1:a]volume=0.3[a1];[a0][a1]amix=inputs=2[a]",
            "streams": ["0:v", "[a]"],
        },
    ),
    (
        '-i a.mp4 -i b.mp4 -filter_complex "[1:v]scale=160:90[p]" -filter_complex "[0:v][p]overlay" -map 0:a -c:a copy out.mp4',
        {
            "audio": {"codec": "copy"},
            "graph": "[1:v]scale=160:90[p];[0:v][p]overlay[out0]",
            "streams": ["[out0]", "0:a"],
        },
    ),
]
GENERATED: list[Row] = [
    (
        "-f lavfi -i testsrc=size=640x360:rate=25 -t 2 -pix_fmt yuv420p out.mp4",
        {
            "inputs": [],
            "graph": "testsrc=size=640x360:rate=25:d=2",
            "video": {"pix_fmt": "yuv420p"},
            "extra_args": ["-t", "2"],
        },
    ),
    (
        "-f lavfi -i smptebars=size=720x576 -f lavfi -i sine=frequency=1000 -t 2 out.mkv",
        {
            "inputs": [],
            "graph": "smptebars=size=720x576:d=2;sine=frequency=1000:d=2",
            "extra_args": ["-t", "2"],
        },
    ),
    (
        "-f lavfi -i sine=f=440:duration=2 out.wav",
        {"inputs": [], "graph": "sine=f=440:duration=2"},
    ),
    (
        "-f lavfi -i color=s=64x64:d=2 -f lavfi -i anullsrc -map 0 -map 1 -vf hflip -shortest a.mp4",
        {
            "inputs": [],
            "graph": "color=s=64x64:d=2,hflip[source0];anullsrc[source1]",
            "streams": ["[source0]", "[source1]"],
            "extra_args": ["-shortest"],
        },
    ),
    (
        "-f lavfi -i testsrc=d=1,hflip -filter_complex [0:v]vflip[v] -map [v] out.mp4",
        {
            "inputs": [],
            "graph": "testsrc=d=1,hflip[source0];[source0]vflip[v]",
            "streams": ["[v]"],
        },
    ),
    (
        "-f lavfi -i anullsrc=r=48000:cl=stereo -i video.mp4 -shortest -c:v copy -c:a aac out.mp4",
        {
            "graph": "anullsrc=r=48000:cl=stereo",
            "video": {"codec": "copy"},
            "audio": {"codec": "aac"},
            "extra_args": ["-shortest"],
        },
    ),
    (
        "-i video.mp4 -f lavfi -t 5 -i anullsrc -map 0:v -map 1:a -c:v copy out.mp4",
        {
            "graph": "anullsrc=d=5[source1]",
            "video": {"codec": "copy"},
            "streams": ["0:v", "[source1]"],
        },
    ),
    (
        '-f lavfi -i color=c=black:s=640x360 -i green.mp4 -shortest -filter_complex "[1:v]chromakey=0x70de77[k];[0:v][k]overlay[out]" -map [out] -map 1:a? out.mkv',
        {
            "graph": "color=c=black:s=640x360[source0];[0:v]chromakey=0x70de77[k];[source0][k]overlay[out]",
            "streams": ["[out]", "0:a?"],
            "extra_args": ["-shortest"],
        },
    ),
    (
        "-f lavfi -i color=s=320x180 -i music.mp3 -vf hflip -shortest out.mp4",
        {"graph": "color=s=320x180,hflip", "extra_args": ["-shortest"]},
    ),
    (
        "-i a.mp4 -f lavfi -i sine=f=440 -map 0:v -map 1 -t 00:00:02.5 -c:v copy out.mp4",
        {
            "graph": "sine=f=440:d=2.5[source1]",
            "video": {"codec": "copy"},
            "streams": ["0:v", "[source1]"],
            "extra_args": ["-t", "00:00:02.5"],
        },
    ),
    (
        '-f lavfi -t 2 -i testsrc,hflip -i a.mp4 -filter_complex "[0][1:v]hstack[a];[0][a]hstack[v]" -map [v] out.mp4',
        {
            "graph": "testsrc,hflip,trim=duration=2,split=2[source0][source0_1];[source0][0:v]hstack[a];[source0_1][a]hstack[v]",
            "streams": ["[v]"],
        },
    ),
]
REFUSED = [
    (
        "-i a.mp4 -i b.mp4 -map 2:a out.mp4",
        "-map 2:a: there is no input 2; the line has 2 inputs, counted from 0",
    ),
    (
        '-i a.mp4 -i b.mp4 -filter_complex "[0:v][2:v]hstack" out.mp4',
        "-filter_complex [2:v]: there is no input 2; the line has 2 inputs, counted from 0",
    ),
    (
        "-an -i a.mp4 -i b.mp4 out.mp4",
        "-an: before one of several inputs it is not supported: choose with -map",
    ),
    (
        "-f lavfi -i color -i a.mp4 -filter_complex overlay out.mp4",
        "-filter_complex overlay: beside -f lavfi the inputs of a filter need labels, such as [0:v]",
    ),
    (
        "-f lavfi -i testsrc -i a.mp4 -map 0 -map 1:v -vf hflip out.mkv",
        "-vf: it would filter a generated input and a file alike",
    ),
    (
        "-f lavfi -ss 1 -i testsrc -i a.mp4 out.mp4",
        "-ss: beside -f lavfi only -t is supported before -i testsrc",
    ),
    (
        "-i a.mp4 -i http://host/b.mp4 out.mp4",
        "-i http://host/b.mp4: the server does not read URLs",
    ),
]


@pytest.mark.parametrize(("line", "job"), LINES)
def test_each_file_becomes_an_input_of_the_job(line: str, job: dict[str, object]) -> None:
    check_job(line, {"inputs": [{}, {}], **job})


@pytest.mark.parametrize(("line", "job"), GENERATED)
def test_a_generated_input_becomes_a_chain_of_the_graph(line: str, job: dict[str, object]) -> None:
    check_job(line, job)


@pytest.mark.parametrize(("line", "message"), REFUSED)
def test_what_does_not_fit_together_is_refused_by_name(line: str, message: str) -> None:
    check_refusal(line, message)


def test_the_files_are_uploaded_in_the_order_of_the_inputs_each_with_its_charset() -> None:
    line = "-i a.mp4 -f lavfi -i anullsrc -sub_charenc cp1252 -i file:b.srt -map 0:v -map 2 out.mkv"
    result = translated(line)

    assert isinstance(result, Translation)
    assert [each.name for each in result.inputs] == ["a.mp4", "b.srt"]
    assert result.job["inputs"] == [{}, {"charset": "cp1252"}]
    assert result.job["streams"] == ["0:v", "1"]
