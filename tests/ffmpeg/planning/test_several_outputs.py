"""The command lines of a job with several outputs."""

from dataclasses import replace
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Encoder, Limits, TranscodeError
from ffremote.ffmpeg.model.expected import PartRead
from tests.ffmpeg.planning.test_plan import ABLE, FILM, HEAD, INPUT

CAPABLE = replace(
    ABLE,
    encoders={**ABLE.encoders, "pcm_s16le": Encoder("A", "pcm_s16le")},
    filters=ABLE.filters | {"split", "overlay", "trim"},
    options=ABLE.options | {"t", "ss", "to", "frames"},
)
A, B = {"output_filename": "a.mp4"}, {"output_filename": "b.mp3"}


def plan(*outputs: dict[str, Any], **job: Any) -> ffmpeg.Plan:
    asked = spec.build_job({"outputs": list(outputs), **job})
    return ffmpeg.plan(asked, [FILM], CAPABLE, Limits(), attempt="try1")


def test_outputs_that_read_alike_are_one_run() -> None:
    planned = plan({**A, "video": {"scale": "-2:720"}}, B)

    [only] = planned.passes
    end = "-threads 2 -max_muxing_queue_size 1024 -t 86410 -f".split()
    assert list(only.argv) == [
        *(*HEAD, *INPUT, "-map", "0:0", "-map", "0:1"),
        *"-filter:v scale=w=-2:h=720 -c:v libx264 -c:a aac -movflags +faststart".split(),
        *(*end, "mp4", "file:try1/out.mp4"),
        *"-map 0:1 -c:a libmp3lame".split(),
        *(*end, "mp3", "file:try1/1/out.mp3"),
    ]
    assert only.outputs == (0, 1)
    assert [output.path for output in planned.outputs] == ["try1/out.mp4", "try1/1/out.mp3"]
    assert [output.expected.streams for output in planned.outputs] == [
        ("video", "audio"),
        ("audio",),
    ]
    assert planned.folders == ("try1/1",)


def test_each_output_has_passes_and_files_of_its_own() -> None:
    exact = {"codec": "libx264", "bitrate": "1M", "two_pass": True}
    planned = plan(
        {**A, "video": exact, "audio": {"loudness": -16}},
        {"output_filename": "b.mkv", "video": exact, "audio": {"loudness": -20}},
    )

    logs = [word for each in planned.passes for word in each.argv if "/pass" in word]
    assert logs == ["try1/pass", "try1/1/pass", "try1/pass", "try1/1/pass"]
    measuring = [each for each in planned.passes if each.loudnorm]
    assert [each.measures for each in measuring] == [0, 1]
    filled = planned.passes[-1].with_loudness({0: ["volume=1"], 1: ["volume=2"]})
    assert [word for word in filled.argv if word.startswith("volume")] == ["volume=1", "volume=2"]
    assert sum(each.weight for each in planned.passes) == pytest.approx(1)


def test_a_thumbnail_beside_a_film_has_a_run_of_its_own() -> None:
    planned = plan(A, {"output_filename": "p.jpg", "thumbnail": {"at": 5}})

    assert [(each.outputs, each.is_fallback) for each in planned.passes] == [
        ((0,), False),
        ((1,), False),
        ((1,), True),
    ]


def test_one_graph_serves_several_outputs() -> None:
    planned = plan(
        {**A, "streams": ["[x]", "0:a:0"], "video": {"scale": "-2:720"}},
        {"output_filename": "c.mp4", "streams": ["[y]"], "video": {"scale": "-2:360"}},
        graph="[0:v]split[x][y]",
    )

    [only] = planned.passes
    graph = only.argv[only.argv.index("-filter_complex") + 1]
    assert graph.startswith("[0:0]split[_1][_2];[_1]scale=w=-2:h=720,")
    assert "[out0];[_2]scale=w=-2:h=360," in graph
    maps = [
        word for before, word in zip(only.argv, only.argv[1:], strict=False) if before == "-map"
    ]
    assert maps == ["[out0]", "0:1", "[out1]"]


def test_the_times_of_an_output_are_those_of_its_file() -> None:
    planned = plan(
        {**A, "extra_args": ["-t", "2"]}, {"output_filename": "c.mp4", "extra_args": ["-ss", "2"]}
    )

    [only] = planned.passes
    words = " ".join(only.argv)
    assert "-t 2 -f mp4 file:try1/out.mp4" in words
    assert "-ss 2 -movflags +faststart" in words
    assert "-ss" not in words.partition(" -i ")[0]


def test_a_warning_names_the_output() -> None:
    planned = plan(A, B)

    assert [warning.partition(": ")[0] for warning in planned.warnings] == [
        "a.mp4",
        "a.mp4",
        "b.mp3",
    ]


@pytest.mark.parametrize(
    ("outputs", "job", "field", "words"),
    [
        (
            [A, {"output_filename": "b.mkv", "video": {"codec": "x26"}}],
            {},
            "outputs[1].video.codec",
            "'x26'",
        ),
        ([A, {**B, "extra_args": ["-foo"]}], {}, "outputs[1].extra_args[0]", "-foo"),
        ([A, {"output_filename": "b"}], {}, "outputs[1].output_filename", "no extension"),
        ([A, {**B, "audio": False}], {}, "job", "outputs[1]: The job leaves out everything"),
        ([{"output_filename": f"{n}.mp4"} for n in range(5)], {}, "outputs", "encodes 10 streams"),
        (
            [A, {**A, "output_filename": "c.mp4", "streams": ["[x]"]}],
            {"graph": "[0:v]split[x][y]"},
            "graph",
            "[y] is not used",
        ),
        (
            [
                {**A, "streams": ["[x]"]},
                {**A, "output_filename": "c.mp4", "streams": ["[x]", "[y]"]},
            ],
            {"graph": "[0:v]split[x][y]"},
            "streams",
            "names [x] twice",
        ),
        (
            [A, {**A, "output_filename": "c.mp4", "streams": ["[z]"]}],
            {"graph": "[0:v]split[x][y]"},
            "outputs[1].streams[0]",
            "the graph makes [x], [y]",
        ),
    ],
)
def test_a_wrong_output_is_refused_by_its_field(
    outputs: list[dict[str, Any]], job: dict[str, Any], field: str, words: str
) -> None:
    asked = spec.build_job({"outputs": outputs, **job})

    with pytest.raises(InvalidArgument) as caught:
        ffmpeg.check(asked, CAPABLE)

    assert caught.value.details["field"] == field
    assert words in str(caught.value)


def test_a_failure_at_the_worker_names_the_output() -> None:
    asked = spec.build_job({"outputs": [A, {**B, "streams": ["0:a:7"]}]})

    with pytest.raises(TranscodeError) as caught:
        ffmpeg.plan(asked, [FILM], CAPABLE, Limits(), attempt="try1")

    assert caught.value.failure.message.startswith("outputs[1]: ")


@pytest.mark.parametrize(
    ("args", "section", "part"),
    [
        ((), {}, PartRead()),
        (("-ss", "5"), {}, PartRead(skips=True)),
        (("-ss", "5", "-t", "10"), {}, PartRead(0.0, 0.25, skips=True)),
        (("-ss", "5", "-to", "6"), {"start": 30}, PartRead(0.5, 0.6, skips=True)),
        (("-t", "6"), {"start": 30, "duration": 15}, PartRead(0.5, 0.6)),
        (("-t", "90"), {"duration": 15}, PartRead(0.0, 0.25)),
        (("-frames:v", "5"), {}, None),
        (("-ss", "5"), {"loop": 2}, None),
    ],
)
def test_the_part_of_the_input_that_an_output_needs_is_known_from_its_times(
    args: tuple[str, ...], section: dict[str, Any], part: PartRead | None
) -> None:
    planned = plan(A, {**B, "extra_args": list(args)}, input=section)

    assert planned.outputs[1].expected.part == part


def test_a_filter_that_may_end_an_output_leaves_the_part_unknown() -> None:
    cut = {**A, "video": {"filters": ["trim=end=3"]}}

    assert [each.expected.part for each in plan(cut, B).outputs] == [None, PartRead()]
