"""Several inputs: each error and table row names its input, and the summary counts failures."""

import json
import re
import threading
from pathlib import Path

import pytest

from ffremote.ffmpeg.policy.tables import table
from ffremote_cli.errors import ClientError, NotBegun
from ffremote_cli.workflow.inputs import ENDINGS, expand_inputs
from ffremote_cli.workflow.parallel import run_parallel
from tests.support.scripted_server import Ffremote, Reply, Request, Script, json_reply

FAILURE = {
    "code": "TRANSCODE_FAILED",
    "message": "The input is damaged.",
    "details": {"reason": "corrupt_input", "hint": "play it"},
}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Two good and two bad inputs, in an order that a plain sort gets wrong."""
    folder = tmp_path / "films"
    folder.mkdir()
    for name in ("film1.mp4", "film2-bad.mp4", "film10.mp4", "film11-bad.mp4"):
        (folder / name).write_bytes(name.encode() * 10)
    return folder


@pytest.fixture
def half_bad(script: Script) -> Script:
    """A server whose jobs fail if the input's name contains `bad`."""

    def take(request: Request) -> Reply:
        found = re.search(rb'filename="([^"]+)"', request.body)
        assert found
        job_id = found[1].decode()
        if "bad" in job_id:
            script.on(
                f"GET /jobs/{job_id}/status",
                json_reply(job_id=job_id, state="failed", error=FAILURE),
            )
        else:
            script.on(f"GET /jobs/{job_id}/status", json_reply(job_id=job_id, state="completed"))
            script.on(f"GET /jobs/{job_id}", json_reply(job_id=job_id, state="completed"))
            script.on(f"GET /jobs/{job_id}/result", Reply(200, b"result"))
        return json_reply(202, job_id=job_id)

    script.on("POST /jobs", take)
    return script


def test_a_batch_names_and_counts_its_failures(
    ffremote: Ffremote, half_bad: Script, sources: Path
) -> None:
    done = ffremote("run", "films", "-o", "out/{stem}.mkv")

    assert done.returncode == 5
    assert done.stdout.splitlines() == ["out/film1.mkv", "out/film10.mkv"]
    lines = done.stderr.splitlines()
    assert [line.split()[0] for line in lines[:5]] == [
        "FILE",
        "films/film1.mp4",
        "films/film2-bad.mp4",
        "films/film10.mp4",
        "films/film11-bad.mp4",
    ]
    assert ["FAILED" in line for line in lines[1:5]] == [False, True, False, True]
    assert lines[5].split()[:4] == ["2", "of", "4", "files"]
    assert lines[6:] == [
        "ffremote: films/film2-bad.mp4: job film2-bad.mp4 failed: The input is damaged. (play it)",
        (
            "ffremote: films/film11-bad.mp4: job film11-bad.mp4 failed: "
            "The input is damaged. (play it)"
        ),
        "ffremote: 2 of 4 failed",
    ]


def test_the_table_fits_into_80_columns(
    ffremote: Ffremote, half_bad: Script, sources: Path
) -> None:
    (sources / f"{'a long name ' * 9}.mp4").write_bytes(b"x")

    done = ffremote("run", "films", "-o", "out/{stem}.mkv")

    table = done.stderr.splitlines()[:6]
    assert max(map(len, table)) < 80


def test_json_has_a_line_for_each_input_in_their_order(
    ffremote: Ffremote, half_bad: Script, sources: Path
) -> None:
    done = ffremote("run", "films", "-o", "out/{stem}.mkv", "--json")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("state") for line in lines[:4]] == [
        "completed",
        "failed",
        "completed",
        "failed",
    ]
    assert lines[1]["input"] == "films/film2-bad.mp4"
    assert lines[4]["error"]["message"] == "2 of 4 failed"


def test_submit_names_its_failures(ffremote: Ffremote, half_bad: Script, sources: Path) -> None:
    done = ffremote("submit", "films", "--container", "mkv", "--wait")

    assert done.returncode == 5
    assert done.stderr.splitlines()[-1] == "ffremote: 2 of 4 failed"
    assert "films/film11-bad.mp4: job" in done.stderr


def test_one_input_needs_no_name_before_its_error(
    ffremote: Ffremote, half_bad: Script, sources: Path
) -> None:
    done = ffremote("run", "films/film2-bad.mp4", "-o", "out.mkv")

    assert done.stderr == ("ffremote: job film2-bad.mp4 failed: The input is damaged. (play it)\n")


def test_after_ctrl_c_a_conversion_that_did_not_start_is_a_plain_error() -> None:
    stop = threading.Event()

    def do(item: str) -> str:
        stop.set()
        return item

    responses = run_parallel(["a", "b", "c"], do, at_once=1, stop=stop)

    assert responses[0] == "a"
    assert all(isinstance(response, NotBegun) for response in responses[1:])
    assert {str(response) for response in responses[1:]} == {"stopped before anything was sent"}
    assert isinstance(responses[1], ClientError)


def test_submit_expands_a_template_as_run_does(
    ffremote: Ffremote, half_bad: Script, sources: Path
) -> None:
    ffremote("submit", "films", "-o", "x-{stem}.mkv", "--jobs", "1")

    sent = b"".join(it.body for it in half_bad.requests if it.method == "POST")
    assert re.findall(rb'"output_filename": "([^"]+)"', sent) == [
        b"x-film1.mkv",
        b"x-film2-bad.mkv",
        b"x-film10.mkv",
        b"x-film11-bad.mkv",
    ]


def test_submit_refuses_one_name_for_several_inputs(
    ffremote: Ffremote, half_bad: Script, sources: Path
) -> None:
    done = ffremote("submit", "films", "-o", "x.mkv")

    assert (done.returncode, half_bad.requests) == (2, [])
    assert "have the same output x.mkv" in done.stderr


def test_a_typed_extension_overrides_the_container_of_the_preset(
    ffremote: Ffremote, half_bad: Script, sources: Path
) -> None:
    half_bad.on("GET /presets", json_reply(items=[{"name": "web", "job": {"container": "mp4"}}]))

    ffremote("run", "films/film1.mp4", "-o", "x.mkv", "--preset", "web")
    ffremote("run", "films/film1.mp4", "-o", "y.mkv", "--preset", "web", "--container", "mov")
    ffremote("run", "films/film1.mp4", "-o", "new/", "--preset", "web")
    ffremote("run", "films/film1.mp4", "-o", "z.mkv")

    sent = b"".join(it.body for it in half_bad.requests if it.method == "POST")
    assert re.findall(rb'"container": "([^"]+)"', sent) == [b"mkv", b"mov"]
    assert re.findall(rb'"output_filename": "([^"]+)"', sent) == [
        b"x.mkv",
        b"y.mkv",
        b"film1.mp4",
        b"z.mkv",
    ]


@pytest.mark.parametrize("command", ["run", "submit"])
@pytest.mark.parametrize("output", ["new/deep/x.mkv", "new/deep/"])
def test_a_missing_directory_is_made(
    ffremote: Ffremote, half_bad: Script, sources: Path, tmp_path: Path, command: str, output: str
) -> None:
    done = ffremote(command, "films/film1.mp4", "-o", output, "--container", "mkv")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "new/deep").is_dir()


def test_download_makes_the_directory_that_ends_with_a_slash(
    ffremote: Ffremote, half_bad: Script, sources: Path, tmp_path: Path
) -> None:
    ffremote("submit", "films/film1.mp4", "-o", "x.mkv")
    named = {"Content-Disposition": 'attachment; filename="x.mkv"'}
    half_bad.on("GET /jobs/film1.mp4/result", Reply(200, b"result", named))

    done = ffremote("download", "last", "-o", "newdir/")

    assert (done.returncode, done.stdout) == (0, "newdir/x.mkv\n")
    assert (tmp_path / "newdir/x.mkv").is_file()


def test_attach_writes_a_submitted_result_where_submit_said(
    ffremote: Ffremote, half_bad: Script, sources: Path, tmp_path: Path
) -> None:
    ffremote("submit", "films/film1.mp4", "-o", "later/x.mkv")

    done = ffremote("attach", "last")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "later/x.mkv").read_bytes() == b"result"


@pytest.mark.parametrize("extension", "m4b m4r mts m2t M4B mkv y4m f4v dsf amr".split())
def test_every_media_extension_counts_in_a_directory(tmp_path: Path, extension: str) -> None:
    book = tmp_path / f"book.{extension}"
    book.touch()
    (tmp_path / "notes.txt").touch()

    assert expand_inputs([tmp_path]) == [book]


def test_every_extension_that_jobs_produce_counts_in_a_directory() -> None:
    rows = table("containers")
    pictures = {name for name, row in rows.items() if row.get("image")}
    texts = {"ass", "srt", "vtt", "webvtt", "ssa", "lrc"}
    # what has a form of its own is raw data, checksums or pictures: not read without further keys
    names = {row["extension"].lstrip(".") for row in rows.values() if "form" not in row} - {"null"}

    assert {f".{name}" for name in names - pictures - texts} - ENDINGS <= {".webp"}


def test_numbers_sort_as_numbers_in_expansions_but_not_in_typed_lists(
    tmp_path: Path,
) -> None:
    paths = [tmp_path / name for name in ("film10.mp4", "film2.mp4", "film1.mp4")]
    for path in paths:
        path.touch()

    assert expand_inputs(sorted(paths)) == [paths[2], paths[1], paths[0]]
    assert expand_inputs(paths) == paths
    assert expand_inputs([tmp_path / "*.mp4"]) == [paths[2], paths[1], paths[0]]
