"""Ordinary ffmpeg command lines: filters with -vf and -filter_complex."""

# ruff: noqa: E501 - command lines as they are typed

import pytest

from ffremote import ffmpeg
from tests.support.ffmpeg_lines import Row, check_command, check_job, check_refusal

LINES: list[Row] = [
    ("-i in.mp4 -vf scale=1280:720 out.mp4", {"video": {"filters": ["scale=1280:720"]}}),
    (
        "-i in.mp4 -vf scale=1280:-2 -c:a copy out.mp4",
        {"audio": {"codec": "copy"}, "video": {"filters": ["scale=1280:-2"]}},
    ),
    ('-i in.mp4 -vf "scale=iw/2:ih/2" out.mp4', {"video": {"filters": ["scale=iw/2:ih/2"]}}),
    ('-i in.mp4 -filter:v "scale=-2:720" out.mp4', {"video": {"filters": ["scale=-2:720"]}}),
    ("-i in.mp4 -s 640x480 out.mp4", {"video": {"scale": "640:480"}}),
    ("-i in.mp4 -s hd720 out.mp4", {"video": {"scale": "1280:720"}}),
    (
        "-i in.mp4 -vf hflip -s 640x480 -r 25 out.mp4",
        {"video": {"filters": ["hflip", "scale=640:480"]}, "extra_args": ["-r", "25"]},
    ),
    (
        '-i in.mp4 -vf "scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:(ow-iw)/2:(oh-ih)/2" out.mp4',
        {
            "video": {
                "filters": [
                    "scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:(ow-iw)/2:(oh-ih)/2"
                ]
            }
        },
    ),
    ("-i in.mp4 -vf crop=640:360:0:60 out.mp4", {"video": {"filters": ["crop=640:360:0:60"]}}),
    (
        '-i in.mp4 -vf "crop=in_w:in_h-40" -c:a copy out.mp4',
        {"audio": {"codec": "copy"}, "video": {"filters": ["crop=in_w:in_h-40"]}},
    ),
    ("-i in.mp4 -vf transpose=1 out.mp4", {"video": {"filters": ["transpose=1"]}}),
    (
        '-i in.mp4 -vf "transpose=2,transpose=2" out.mp4',
        {"video": {"filters": ["transpose=2,transpose=2"]}},
    ),
    ("-i in.mp4 -vf hflip out.mp4", {"video": {"filters": ["hflip"]}}),
    ("-i in.mp4 -vf yadif out.mp4", {"video": {"filters": ["yadif"]}}),
    (
        '-i in.mp4 -vf "yadif=1:-1:0,scale=1280:720" -r 50 out.mp4',
        {"video": {"filters": ["yadif=1:-1:0,scale=1280:720"]}, "extra_args": ["-r", "50"]},
    ),
    ("-i in.mp4 -vf fps=15 out.mp4", {"video": {"filters": ["fps=15"]}}),
    (
        '-i in.mp4 -vf "eq=brightness=0.06:saturation=2" -c:a copy out.mp4',
        {"audio": {"codec": "copy"}, "video": {"filters": ["eq=brightness=0.06:saturation=2"]}},
    ),
    (
        '-i in.mp4 -vf "setpts=0.5*PTS" -an out.mp4',
        {"video": {"filters": ["setpts=0.5*PTS"]}, "audio": False},
    ),
    (
        '-i in.mp4 -vf "setpts=2.0*PTS" -af atempo=0.5 out.mp4',
        {"video": {"filters": ["setpts=2.0*PTS"]}, "audio": {"filters": ["atempo=0.5"]}},
    ),
    (
        '-t 10 -i in.mp4 -vf "setpts=0.5*PTS" -an out.mp4',
        {"video": {"filters": ["setpts=0.5*PTS"]}, "input": {"duration": 10}, "audio": False},
    ),
    (
        '-i in.mp4 -vf "fade=t=in:st=0:d=1,fade=t=out:st=9:d=1" out.mp4',
        {"video": {"filters": ["fade=t=in:st=0:d=1,fade=t=out:st=9:d=1"]}},
    ),
    (
        '-i in.mp4 -vf "hqdn3d=4:3:6:4.5,unsharp=5:5:1.0" out.mp4',
        {"video": {"filters": ["hqdn3d=4:3:6:4.5,unsharp=5:5:1.0"]}},
    ),
    (
        '-i in.mp4 -vf "drawbox=x=10:y=10:w=100:h=50:color=red@0.5:t=fill" out.mp4',
        {"video": {"filters": ["drawbox=x=10:y=10:w=100:h=50:color=red@0.5:t=fill"]}},
    ),
    ("-i in.mp4 -vf format=gray out.mp4", {"video": {"filters": ["format=gray"]}}),
    (
        '-i in.mp4 -filter_complex "[0:v]scale=640:-2[v]" -map "[v]" -map 0:a out.mp4',
        {"video": {"filters": ["scale=640:-2"]}, "streams": ["0:v:0", "0:a"]},
    ),
    ('-i in.mp4 -filter_complex "scale=640:-2" out.mp4', {"video": {"filters": ["scale=640:-2"]}}),
    (
        '-i in.mp4 -filter_complex "[0:a]volume=2[a]" -map 0:v -map "[a]" -c:v copy out.mp4',
        {
            "video": {"codec": "copy"},
            "audio": {"filters": ["volume=2"]},
            "streams": ["0:v", "0:a:0"],
        },
    ),
    (
        '-i in.mp4 -filter_complex "[0:v]split[a][b];[b]boxblur=20[c];[a][c]vstack" out.mp4',
        {"video": {"filters": ["split[a][b];[b]boxblur=20[c];[a][c]vstack"]}},
    ),
    (
        "-i in.mp4 -vf \"select='between(t,0,5)+between(t,10,15)',setpts=N/FRAME_RATE/TB\" -af \"aselect='between(t,0,5)+between(t,10,15)',asetpts=N/SR/TB\" out.mp4",
        {
            "video": {
                "filters": ["select='between(t,0,5)+between(t,10,15)',setpts=N/FRAME_RATE/TB"]
            },
            "audio": {"filters": ["aselect='between(t,0,5)+between(t,10,15)',asetpts=N/SR/TB"]},
        },
    ),
    (
        '-i in.mp4 -vf "trim=0:5,setpts=PTS-STARTPTS" -an out.mp4',
        {"video": {"filters": ["trim=0:5,setpts=PTS-STARTPTS"]}, "audio": False},
    ),
    # times after -i count in the result, which a job says with a list of inputs
    (
        '-ss 1 -i in.mp4 -vf "setpts=0.5*PTS" -ss 2 -t 5 -an out.mp4',
        {
            "inputs": [{"start": 1}],
            "video": {"filters": ["setpts=0.5*PTS"]},
            "audio": False,
            "extra_args": ["-ss", "2", "-t", "5"],
        },
    ),
]

REFUSED: list[tuple[str, str]] = [
    (
        '-i in.mp4 -filter_complex "[0:v]scale=640:-2[v]" -map 0:a out.mp4',
        "[v]: no -map and no filter uses this output of the filters",
    ),
    (
        "-f concat -safe 0 -i list.txt -c copy out.mp4",
        "-f concat: a job reads one uploaded file; join the files first, or run one command for each",
    ),
    (
        '-i "concat:a.ts|b.ts" -c copy out.mp4',
        "-i concat:a.ts|b.ts: a job reads one uploaded file; join the files first, or run one command for each",
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


def test_a_pad_that_the_shortest_stream_ends_gets_the_greatest_length() -> None:
    check_job(
        "-i in.mp4 -af apad -shortest out.mp4",
        {"audio": {"filters": ["apad=whole_dur=86400"]}, "extra_args": ["-shortest"]},
    )


def test_a_pad_without_end_gets_the_length_of_the_result() -> None:
    check_job(
        "-i in.wav -af apad,volume=2 -t 8 out.wav",
        {
            "inputs": [{}],
            "audio": {"filters": ["apad=whole_dur=8,volume=2"]},
            "extra_args": ["-t", "8"],
        },
    )


@pytest.mark.parametrize(
    ("line", "job"),
    [
        (
            '-i in.mp4 -vf "split[a][b];[b]hflip[r];[a][r]concat=n=2:v=1:a=0" -an out.mp4',
            {"graph": "split[a][b];[b]hflip[r];[a][r]concat=n=2:v=1:a=0", "audio": False},
        ),
        (
            '-i in.mp4 -map 0:v -map 0:a -vf "split[a][b];[a][b]xstack=inputs=2:layout=0_0|w0_0" out.mp4',
            {
                "graph": "[0:v]split[a][b];[a][b]xstack=inputs=2:layout=0_0|w0_0[out0]",
                "streams": ["[out0]", "0:a"],
            },
        ),
    ],
)
def test_filters_that_join_or_make_streams_are_the_graph_of_a_job(
    line: str, job: dict[str, object]
) -> None:
    check_job(line, job)


def test_such_filters_are_refused_where_maps_leave_their_stream_open() -> None:
    check_refusal(
        '-i in.mp4 -map 0 -vf "split[a][b];[a][b]xstack=inputs=2:layout=0_0|w0_0" out.mp4',
        "-vf split[a][b];[a][b]xstack=inputs=2:layout=0_0|w0_0: these filters join or split streams",
    )
