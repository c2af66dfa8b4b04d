"""Two runs of one command on one machine: the second waits for the upload of the first."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote_cli import Client, Stopped
from ffremote_cli.client.transfer.file_lock import FileLock
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Request, Script, json_reply
from tests.support.scripted_tus import TusServer

SECOND = "1c5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69"
DEADLINE = 30.0


class Gate:
    """Blocks the first PATCH until `open` is set."""

    def __init__(self, script: Script, tus: TusServer) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        self._append = tus.append
        script.on("PATCH /uploads/u", self.pass_through)

    def pass_through(self, request: Request) -> Reply:
        self.reached.set()
        assert self.open.wait(DEADLINE)
        return self._append(request)


def submitting(client: Client, source: Path, into: list[object]) -> threading.Thread:
    def run() -> None:
        try:
            into.append(client.submit(source, {"output_filename": "o.mp4"}).job_id)
        except Stopped as exc:
            into.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_the_second_run_waits_with_a_warning_and_sends_no_byte_twice(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    gate = Gate(script, tus)
    script.on("POST /jobs", json_reply(202, job_id=SECOND))
    warned = threading.Event()
    warnings: list[str] = []
    first_job: list[object] = []
    second_job: list[object] = []

    def warn(sentence: str) -> None:
        warnings.append(sentence)
        warned.set()

    with (
        Client(script.url, state_folder=tmp_path / "state") as first,
        Client(script.url, state_folder=tmp_path / "state", on_warning=warn) as second,
    ):
        one = submitting(first, large, first_job)
        assert gate.reached.wait(DEADLINE)
        two = submitting(second, large, second_job)
        assert warned.wait(DEADLINE)
        gate.open.set()
        one.join(DEADLINE)
        two.join(DEADLINE)

    assert (first_job, second_job) == ([JOB], [SECOND])
    assert warnings == [
        (
            f"another ffremote on this machine is uploading {large} for the same job; "
            "waiting until it has ended"
        )
    ]
    assert script.calls().count("POST /uploads") == 1
    assert script.calls().count("PATCH /uploads/u") == 1
    assert list((tmp_path / "state/uploads").glob("*.lock")) == []


def test_ctrl_c_ends_the_wait(script: Script, tus: TusServer, large: Path, tmp_path: Path) -> None:
    gate = Gate(script, tus)
    stop = threading.Event()
    first_job: list[object] = []

    with Client(script.url, state_folder=tmp_path / "state") as first:
        one = submitting(first, large, first_job)
        assert gate.reached.wait(DEADLINE)
        second = Client(
            script.url,
            state_folder=tmp_path / "state",
            stop=stop,
            on_warning=lambda _: stop.set(),
        )
        with second, pytest.raises(Stopped):
            second.submit(large, {"output_filename": "o.mp4"})
        gate.open.set()
        one.join(DEADLINE)

    assert first_job == [JOB]


def test_no_run_resumes_an_upload_that_is_being_canceled(
    script: Script, tus: TusServer, large: Path, tmp_path: Path
) -> None:
    stop, warned = threading.Event(), threading.Event()
    script.on(
        "POST /uploads",
        tus.create,
        json_reply(201, {"Location": "/api/v1/uploads/u"}, job_id=SECOND),
    )
    second_job: list[object] = []

    def stop_now(have: int, _: int | None) -> None:
        if have:
            stop.set()

    with (
        Client(script.url, state_folder=tmp_path / "state", stop=stop) as first,
        Client(
            script.url, state_folder=tmp_path / "state", on_warning=lambda _: warned.set()
        ) as second,
    ):
        with pytest.raises(Stopped):
            first.submit(large, {"output_filename": "o.mp4"}, on_bytes=stop_now)
        two = submitting(second, large, second_job)
        assert warned.wait(DEADLINE)
        tus.bytes.clear()
        first.cancel(JOB)
        two.join(DEADLINE)

    assert second_job == [SECOND]
    assert bytes(tus.bytes) == large.read_bytes()


HOLD = """
import sys
from pathlib import Path
from ffremote_cli.client.transfer.file_lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.is_acquired, flush=True)
sys.stdin.read()
"""


def test_a_lock_is_free_when_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "it.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin and holder.stdout
    assert holder.stdout.readline() == b"True\n"
    assert not FileLock(path).is_acquired

    holder.kill()
    holder.wait(DEADLINE)

    lock = FileLock(path)
    assert lock.is_acquired
    lock.close()
    for stream in (holder.stdin, holder.stdout):
        stream.close()


def test_a_lock_whose_file_was_removed_meanwhile_is_not_acquired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "it.lock"
    flock: Callable[[int, int], None] = __import__("fcntl").flock

    def remove_first(fd: int, how: int) -> None:
        flock(fd, how)
        path.unlink()  # as its last holder does at its end

    monkeypatch.setattr("fcntl.flock", remove_first)

    assert not FileLock(path).is_acquired
