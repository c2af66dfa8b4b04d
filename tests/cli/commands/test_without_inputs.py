"""Jobs without a file on the command line: `run --graph`, and what is missing otherwise."""

import json
from pathlib import Path

import pytest

from tests.support.scripted_job import script_completed_job
from tests.support.scripted_server import Ffremote, Script

BARS = "testsrc2=s=64x64:d=1"


def test_a_graph_needs_no_file(ffremote: Ffremote, script: Script, tmp_path: Path) -> None:
    script_completed_job(script)

    done = ffremote("run", "--graph", BARS, "-o", "out.mp4")

    assert (done.returncode, done.stdout) == (0, "out.mp4\n")
    request = script.requests[0]
    assert (request.method, request.path) == ("POST", "/api/v1/jobs")
    assert json.loads(request.body) == {
        "output_filename": "out.mp4",
        "inputs": [],
        "graph": BARS,
    }
    assert (tmp_path / "out.mp4").exists()


def test_a_line_with_generated_inputs_only_sends_no_file(
    ffremote: Ffremote, script: Script
) -> None:
    script_completed_job(script)

    done = ffremote(*"ffmpeg -f lavfi -i testsrc2 -t 1 out.mp4".split())

    assert done.returncode == 0, done.stderr
    assert json.loads(script.requests[0].body)["inputs"] == []


def test_a_job_file_may_have_the_empty_list(
    ffremote: Ffremote, script: Script, tmp_path: Path
) -> None:
    script_completed_job(script)
    (tmp_path / "job.json").write_text(json.dumps({"inputs": [], "graph": BARS}))

    ffremote("run", "--job", "job.json", "-o", "out.mp4")

    assert json.loads(script.requests[0].body)["inputs"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "out.mp4"], "no input is given (add one with -i, or sources with --graph)"),
        (["--with", "a.png", "-o", "out.mp4", "--graph", BARS], "--with needs an input before it"),
        (["--graph", BARS], "without an input the result has no name: use -o NAME"),
        (["--graph", BARS, "-o", "{stem}.mp4"], "a template needs an input, and none is given"),
        (["--graph", BARS, "--start", "1", "-o", "out.mp4"], "the job has an input, and no file"),
    ],
)
def test_what_is_missing_is_named_before_any_request(
    ffremote: Ffremote, script: Script, words: list[str], said: str
) -> None:
    done = ffremote("run", *words)

    assert done.returncode == 2
    assert said in done.stderr
    assert script.requests == []


def test_a_file_for_a_job_file_without_inputs_is_refused_with_both_numbers(
    ffremote: Ffremote, script: Script, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "job.json").write_text(json.dumps({"inputs": [], "graph": BARS}))

    done = ffremote("run", source.name, "--job", "job.json", "-o", "out.mp4")

    assert done.returncode == 2
    assert "the job has 0 inputs in `inputs`, and 1 file is given" in done.stderr
