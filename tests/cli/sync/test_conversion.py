"""One file of a sync against a server that replies as it is told to."""

import base64
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ffremote_cli.sync.journal import DONE, FAILED, SENT, Entry, Journal
from tests.support.scripted_server import (
    Ffremote,
    Reply,
    Request,
    Script,
    error_reply,
    json_reply,
)

RESULT = b"the result"
SHA256 = hashlib.sha256(RESULT).hexdigest()
OPTIONS = ("--once", "--settle", "0.05", "--container", "mp4")


def accepts(script: Script, job_id: str = "j1", **job: Any) -> None:
    """Let the server accept each job, and complete it with the result."""
    status = {"job_id": job_id, "state": "completed", "progress_percent": 100}
    digest = base64.b64encode(hashlib.sha256(RESULT).digest()).decode()
    headers = {"ETag": '"1"', "Repr-Digest": f"sha-256=:{digest}:"}

    def reply(request: Request) -> Reply:
        if "dry_run" in request.path:
            return json_reply(command="ffmpeg")
        return json_reply(202, job_id=job_id, state="queued")

    script.on("POST /jobs", reply)
    script.on(f"POST /jobs/{job_id}/retry", error_reply(410, "RESULT_EXPIRED", "It was removed."))
    script.on(f"GET /jobs/{job_id}/status", json_reply(**{**status, **job}))
    script.on(f"GET /jobs/{job_id}", json_reply(job_id=job_id, result={"sha256": SHA256}))
    script.on(f"GET /jobs/{job_id}/result", Reply(200, RESULT, headers))


def uploads(script: Script) -> int:
    calls = [request for request in script.requests if request.method == "POST"]
    return len([call for call in calls if "dry_run" not in call.path])


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "in/sub/a.mov"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\x00\x00\x00\x18ftypmedia")
    return path


def sync(run: Ffremote, script: Script, *words: str) -> Any:
    return run("sync", "in", "out", *OPTIONS, *words, FFREMOTE_SERVER=script.url)


def entry(tmp_path: Path) -> Entry:
    return Journal(tmp_path / "out").entries["sub/a.mov"]


def test_a_result_appears_in_the_same_directory_and_is_not_made_twice(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)

    first, second = sync(in_process, script), sync(in_process, script)

    assert (first.returncode, first.stdout) == (0, "out/sub/a.mp4\n"), first.stderr
    assert (second.returncode, second.stdout) == (0, "")
    assert (tmp_path / "out/sub/a.mp4").read_bytes() == RESULT
    assert uploads(script) == 1
    assert film.exists()


def test_a_moved_pair_of_folders_goes_on(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)
    sync(in_process, script)
    for name in ("in", "out"):
        (tmp_path / name).rename(tmp_path / f"{name}-moved")

    words = ("sync", "in-moved", "out-moved", *OPTIONS)
    again = in_process(*words, FFREMOTE_SERVER=script.url)

    assert (again.returncode, again.stdout, uploads(script)) == (0, "", 1)


def test_a_changed_file_replaces_its_own_result(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)
    sync(in_process, script)
    film.write_bytes(b"\x00\x00\x00\x18ftyplonger media")

    again = sync(in_process, script)

    assert (again.returncode, uploads(script)) == (0, 2), again.stderr


@pytest.mark.parametrize("is_edited", [True, False])
def test_a_file_that_is_no_result_of_this_source_is_not_overwritten(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path, is_edited: bool
) -> None:
    accepts(script)
    target = tmp_path / "out/sub/a.mp4"
    if is_edited:  # the result of the file, changed since
        sync(in_process, script)
        film.write_bytes(b"\x00\x00\x00\x18ftyplonger media")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("precious")

    done = sync(in_process, script)

    assert done.returncode == 5
    assert "exists and is not the result of this file" in done.stderr
    assert target.read_text() == "precious"
    listed = in_process("sync", "in", "out", "--failed")
    assert "sub/a.mov" in listed.stdout


def test_the_source_of_a_verified_result_is_deleted_and_the_result_then_stays(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)

    done = sync(in_process, script, "--delete-source")
    assert (done.returncode, film.exists()) == (0, False), done.stderr
    film.write_bytes(b"\x00\x00\x00\x18ftypanother film of that name")
    again = sync(in_process, script, "--delete-source")

    assert again.returncode == 5
    assert film.exists()
    assert (tmp_path / "out/sub/a.mp4").read_bytes() == RESULT


def test_a_source_whose_result_is_gone_is_not_deleted(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)
    sync(in_process, script)
    (tmp_path / "out/sub/a.mp4").write_text("damaged")

    done = sync(in_process, script, "--delete-source")

    assert (done.returncode, film.exists()) == (0, True)


def test_a_file_that_changes_while_it_is_sent_is_canceled_and_waits(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)
    accept = script._replies["POST /jobs"][0]

    def grow(request: Request) -> Reply:
        if "dry_run" not in request.path:
            film.write_bytes(film.read_bytes() + b"more")
        assert callable(accept)
        return accept(request)

    script.on("POST /jobs", grow)
    script.on("DELETE /jobs/j1", json_reply(202, job_id="j1", state="canceled"))

    done = sync(in_process, script)

    assert "changed while it was sent" in done.stderr
    assert done.returncode == 6
    assert "DELETE /jobs/j1" in script.calls()
    assert not (tmp_path / "out/sub/a.mp4").exists()


def test_a_file_that_vanishes_while_it_is_sent_is_canceled_and_forgotten(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)
    accept = script._replies["POST /jobs"][0]

    def vanish(request: Request) -> Reply:
        if "dry_run" not in request.path:
            film.unlink()
        assert callable(accept)
        return accept(request)

    script.on("POST /jobs", vanish)
    script.on("DELETE /jobs/j1", json_reply(202, job_id="j1", state="canceled"))

    vanished, after = sync(in_process, script), sync(in_process, script)

    assert "sub/a.mov was removed before its job had it" in vanished.stderr
    assert (vanished.returncode, after.returncode) == (6, 0)
    assert "DELETE /jobs/j1" in script.calls()
    assert not (tmp_path / "out/sub/a.mp4").exists()
    assert in_process("sync", "in", "out", "--failed").stdout == ""


def test_a_job_that_a_killed_sync_began_is_found_again(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)
    sync(in_process, script)
    done = entry(tmp_path)
    (tmp_path / "out/sub/a.mp4").unlink()
    journal = Journal(tmp_path / "out")
    fields = json.loads(journal.path.read_text().splitlines()[-1])
    journal.record(Entry(**{**fields, "state": SENT, "sha256": None}))

    again = sync(in_process, script)

    assert (again.returncode, uploads(script)) == (0, 1), again.stderr
    assert entry(tmp_path).sha256 == done.sha256 == SHA256


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system without free space at the place of the result; return what fills it."""
    folder = tmp_path / "out/sub"
    folder.mkdir(parents=True)
    argv = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount the small file system that this fills")
    filler = folder / "filler"
    filler.write_bytes(bytes(64 << 10))
    yield filler
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_result_waits_for_a_full_disk_and_is_not_encoded_again(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path, full_disk: Path
) -> None:
    accepts(script)

    full = sync(in_process, script)
    full_disk.unlink()
    again = sync(in_process, script)

    assert "No space left on device" in full.stderr
    assert full.returncode == 6
    assert (again.returncode, uploads(script)) == (0, 1), again.stderr
    assert (tmp_path / "out/sub/a.mp4").read_bytes() == RESULT


def test_a_failed_file_is_listed_with_its_reason_and_sent_again_when_asked(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    error = {"code": "TRANSCODE_FAILED", "message": "It is damaged.", "details": {}}
    accepts(script, state="failed", error=error)

    failed, again = sync(in_process, script), sync(in_process, script)
    accepts(script)
    retried = sync(in_process, script, "--retry-failed")

    assert (failed.returncode, again.returncode, retried.returncode) == (5, 0, 0)
    assert "sub/a.mov: job j1 failed: It is damaged." in failed.stderr
    assert entry(tmp_path).state == DONE
    assert script.calls().count("POST /jobs") == 2


@pytest.mark.parametrize("lost", [None, "RESULT_EXPIRED", "JOB_NOT_FOUND"])
def test_a_failed_file_is_not_uploaded_again_while_the_server_has_it(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path, lost: str | None
) -> None:
    error = {"code": "TRANSCODE_FAILED", "message": "It is damaged.", "details": {}}
    accepts(script, state="failed", error=error)
    sync(in_process, script)
    accepts(script, "j2")
    again = json_reply(202, job_id="j2", state="queued")
    gone = error_reply(410, str(lost), "The input was removed.")
    script.on("POST /jobs/j1/retry", again if lost is None else gone)

    retried = sync(in_process, script, "--retry-failed", "--crf", "30")

    assert (retried.returncode, retried.stdout) == (0, "out/sub/a.mp4\n"), retried.stderr
    [request] = [it for it in script.requests if it.path.endswith("/retry")]
    job = {"video": {"crf": 30}, "container": "mp4", "output_filename": "a.mp4"}
    assert json.loads(request.body) == job
    assert script.calls().count("POST /jobs") == (1 if lost is None else 2)
    assert (entry(tmp_path).state, entry(tmp_path).job_id) == (DONE, "j2")


def test_a_full_server_makes_files_wait(
    script: Script, in_process: Ffremote, film: Path, tmp_path: Path
) -> None:
    accepts(script)
    accept = script._replies["POST /jobs"][0]
    full = error_reply(507, "INSUFFICIENT_STORAGE", "The disk is full.")

    def reply(request: Request) -> Reply:
        assert callable(accept)
        return accept(request) if "dry_run" in request.path else full

    script.on("POST /jobs", reply)

    done = sync(in_process, script, "--patience", "0")

    assert "The disk is full" in done.stderr
    assert done.returncode == 4
    assert FAILED not in {each.state for each in Journal(tmp_path / "out").entries.values()}


def test_a_wrong_option_is_refused_before_anything_is_sent(
    script: Script, in_process: Ffremote, film: Path
) -> None:
    script.on(
        "POST /jobs",
        error_reply(400, "INVALID_ARGUMENT", "video.crf cannot be 99.", field="video.crf"),
    )

    done = sync(in_process, script, "--crf", "99")

    assert (done.returncode, done.stderr) == (4, "ffremote: --crf cannot be 99.\n")
