"""Many inputs in one command: which files, where the results are written, and the summary."""

import json
import re
from pathlib import Path

import pytest

from ffremote_cli.errors import Misused
from ffremote_cli.workflow.outputs import refuse_collisions, targets_of
from tests.support.scripted_server import Ffremote, Reply, Request, Script, json_reply


def no_preset(_: str) -> None:
    return None


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    (folder / "b").mkdir(parents=True)
    for name in ("one.mov", "b/two.MKV", "notes.txt", ".hidden.mp4"):
        (folder / name).write_bytes(name.encode())
    return folder


@pytest.fixture
def echo(script: Script) -> Script:
    """A server whose results are the inputs."""

    def take(request: Request) -> Reply:
        found = re.search(rb'filename="([^"]+)".*?\r\n\r\n(.*)\r\n--', request.body, re.DOTALL)
        assert found
        job_id = found[1].decode()
        script.on(f"GET /jobs/{job_id}/status", json_reply(job_id=job_id, state="completed"))
        timings = {"running_seconds": 0.5}
        script.on(
            f"GET /jobs/{job_id}",
            json_reply(job_id=job_id, state="completed", result={"duration": 2.0}, timings=timings),
        )
        script.on(f"GET /jobs/{job_id}/result", Reply(200, found[2], {"Content-Type": "x/y"}))
        return json_reply(202, job_id=job_id)

    script.on("POST /jobs", take)
    return script


def test_a_directory_goes_through_a_template_with_a_table_at_the_end(
    ffremote: Ffremote, echo: Script, sources: Path, tmp_path: Path
) -> None:
    done = ffremote("run", "films", "-o", "out/{parent}/{stem}.mp4")

    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == ["out/b/two.mp4", "out/films/one.mp4"]
    assert (tmp_path / "out/b/two.mp4").read_bytes() == b"b/two.MKV"
    lines = [line.split() for line in done.stderr.splitlines()]
    assert lines[0] == ["FILE", "BEFORE", "AFTER", "RATIO", "TIME", "SPEED"]
    assert lines[1][:6] == ["films/b/two.MKV", "9", "B", "9", "B", "100"]
    assert lines[1][-1] == "4x"
    assert lines[3] == ["2", "files", "16", "B", "16", "B", "100", "%"]
    assert done.returncode == 0


def test_skip_existing_leaves_out_existing_outputs(
    ffremote: Ffremote, echo: Script, sources: Path, tmp_path: Path
) -> None:
    (tmp_path / "two.mp4").write_text("made before")

    done = ffremote("run", "films", "-o", "{stem}.mp4", "--skip-existing")

    assert done.stdout == "one.mp4\n"
    assert "1 skipped: their output exists" in done.stderr
    assert (tmp_path / "two.mp4").read_text() == "made before"


def test_one_failing_input_does_not_stop_the_others(
    ffremote: Ffremote, echo: Script, sources: Path
) -> None:
    done = ffremote("run", "films/one.mov", "films/none.mov", "--container", "mp4", "--json")

    assert done.returncode == 6
    assert [json.loads(line)["job_id"] for line in done.stdout.splitlines()[:1]] == ["one.mov"]
    assert "none.mov cannot be read" in done.stderr


def test_a_pattern_that_the_shell_did_not_expand_is_expanded(
    ffremote: Ffremote, echo: Script, sources: Path
) -> None:
    done = ffremote("run", "films/*.mov", "-o", "films")

    assert done.returncode == 2
    assert "the output format is missing" in done.stderr


@pytest.mark.parametrize(
    ("output", "job", "target"),
    [
        ("o.mp4", {}, "o.mp4"),
        ("x/{stem}-{preset}.{ext}", {"preset": "web"}, "x/a-web.mov"),
        (None, {"container": "webm"}, "a.webm"),
        (None, {"output_filename": "named.mkv"}, "named.mkv"),
        ("new/", {"container": "mp4"}, "new/a.mp4"),
    ],
)
def test_the_path_of_a_result(output: str | None, job: dict[str, str], target: str) -> None:
    assert targets_of([Path("films/a.mov")], output, job, no_preset) == [Path(target)]


def test_the_server_decides_the_container_of_a_preset() -> None:
    assert targets_of([Path("a.mov")], None, {"preset": "web"}, lambda name: "mp4") == [
        Path("a.mp4")
    ]


@pytest.mark.parametrize("output", ["one.mp4", "{ext}.mp4"])
def test_two_inputs_never_get_one_output(output: str) -> None:
    sources = [Path("a.mov"), Path("b.mov")]

    with pytest.raises(Misused, match=r"a\.mov and b\.mov have the same output"):
        refuse_collisions(sources, targets_of(sources, output, {}, no_preset))


@pytest.mark.parametrize("output", ["{film}.mp4", "{", "{stem.x}", "{0}"])
def test_a_malformed_template_is_an_error_that_lists_the_fields(output: str) -> None:
    with pytest.raises(Misused) as caught:
        targets_of([Path("a.mov")], output, {}, no_preset)

    assert caught.value.hint == "fields are {stem}, {name}, {ext}, {parent}, {preset}"
