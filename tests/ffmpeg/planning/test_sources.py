"""Jobs without inputs: their command lines, how long the result is, what is refused, real runs."""

from collections.abc import Callable
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Limits, TranscodeError
from tests.ffmpeg.planning.test_graph import ALL, after
from tests.support.job_directory import JobDirectory


def plan(graph: str, **job: Any) -> ffmpeg.Plan:
    asked = spec.build_job({"output_filename": "a.mkv", "inputs": [], "graph": graph, **job})
    assert spec.load_job(asked.to_json()) == asked
    return ffmpeg.plan(asked, [], ALL, Limits(), attempt="try1")


def test_the_command_line_has_no_input() -> None:
    planned = plan("testsrc2=s=64x64:d=2[v];sine=440:d=3[a]", streams=["[v]", "[a]"])

    [each] = planned.passes
    assert "-i" not in each.argv
    assert "lavfi" not in each.argv
    assert after(planned, "-map") == ["[out0]", "[out1]"]
    assert (planned.expected.reads_to_end, planned.expected.input_bytes) == (False, None)
    assert planned.warnings == ()


@pytest.mark.parametrize(
    ("graph", "args", "seconds"),
    [
        ("testsrc2=d=2", [], 2.0),
        ("testsrc2=d=2;sine=d=3", [], 3.0),
        ("testsrc2;sine", ["-t", "4"], 4.0),
        ("testsrc2=d=9;sine", ["-t", "00:00:04"], 4.0),
        ("color=red,trim=duration=5", [], 5.0),
        ("testsrc2=d=2[a];color=s=320x240:d=3[b];[a][b]concat", [], 5.0),
        ("color[a];testsrc2=d=2[b];[a][b]overlay=shortest=1", [], 2.0),
        ("testsrc2=d=2,select=gt(n\\,3)", [], None),
    ],
)
def test_the_length_follows_from_the_sources(
    graph: str, args: list[str], seconds: float | None
) -> None:
    able = ALL.options | {"t"}
    asked = spec.build_job(
        {"output_filename": "a.mkv", "inputs": [], "graph": graph, "extra_args": args}
    )
    capable = ffmpeg.Capabilities(**{**_fields(), "options": able})

    planned = ffmpeg.plan(asked, [], capable, Limits(), attempt="try1")

    assert planned.expected.duration == seconds
    assert planned.expected.is_plausible


def _fields() -> dict[str, Any]:
    return {name: getattr(ALL, name) for name in ALL.__dataclass_fields__}


@pytest.mark.parametrize(
    ("graph", "job", "said"),
    [
        ("testsrc2", {}, "the source 'testsrc2' never ends"),
        ("testsrc2;sine=d=1", {}, "the source 'testsrc2' never ends"),
        ("testsrc2;sine", {"extra_args": ["-shortest"]}, "the source 'testsrc2' never ends"),
        ("color[a];testsrc2[b];[a][b]overlay=shortest=1", {}, "the source 'color' never ends"),
        ("[0:v]hflip", {}, "[0:v] names input 0; the job has no inputs"),
        ("testsrc2=d=1[a];[a]overlay", {}, "the filter 'overlay' reads a stream of an input"),
        ("testsrc2=d=1:s=8192x4096:r=240", {}, "are more than 2048 million pixels a second"),
    ],
)
def test_what_would_never_end_or_reads_an_input_is_refused(
    graph: str, job: dict[str, Any], said: str
) -> None:
    asked = spec.build_job({"output_filename": "a.mkv", "inputs": [], "graph": graph, **job})

    with pytest.raises(InvalidArgument) as caught:
        ffmpeg.check(asked, ALL)

    assert caught.value.field == "graph"
    assert said in caught.value.message


@pytest.mark.parametrize("graph", ["testsrc2=d=1", "[0:v]hflip"])
def test_an_empty_list_of_inputs_is_not_a_job_without_the_field(graph: str) -> None:
    """Without `inputs` a job has one."""
    asked = spec.build_job({"output_filename": "a.mkv", "graph": graph})

    assert len(asked.sources) == 1


def test_frames_that_a_source_would_pile_up_in_memory_are_refused() -> None:
    plan("testsrc2=s=320x240:d=10,reverse")

    with pytest.raises(TranscodeError) as caught:
        plan("testsrc2=s=3840x2160:d=600,reverse")

    assert "reverse would hold 15000 frames" in caught.value.failure.message


@pytest.mark.parametrize(
    ("job", "kinds", "seconds"),
    [
        (
            {
                "graph": "testsrc2=s=64x64:r=10:d=1[v];sine=440:d=1[a]",
                "streams": ["[v]", "[a]"],
                "video": {"codec": "mpeg4"},
            },
            ["video", "audio"],
            1.0,
        ),
        pytest.param(
            {"graph": "anullsrc=cl=stereo:r=44100", "extra_args": ["-t", "0.5"]},
            ["audio"],
            0.5,
            marks=pytest.mark.wide,
        ),
        pytest.param(
            {"graph": "color=red:s=64x64", "output_filename": "a.png", "thumbnail": {"at": 0}},
            ["video"],
            None,
            marks=pytest.mark.wide,
        ),
    ],
)
def test_jobs_without_inputs_run(
    open_job: Callable[..., JobDirectory],
    job: dict[str, Any],
    kinds: list[str],
    seconds: float | None,
) -> None:
    run = open_job()

    made = run.run(**{"output_filename": "a.mkv", "inputs": [], **job})

    assert [stream.kind for stream in made.streams] == kinds
    assert run.plan.expected.duration == seconds
    if seconds is not None:
        assert made.duration == pytest.approx(seconds, abs=0.15)
    assert run.warnings == ()
