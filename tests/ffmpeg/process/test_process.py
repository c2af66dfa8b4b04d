"""A real process is followed, stopped and reaped."""

import os
import socket
import sys
from pathlib import Path

import pytest

from ffremote import clock
from ffremote.ffmpeg.process.process import ExitStatus, Process, ProcessCallbacks, run_process
from ffremote.host import processes

TALK = "import sys; print('out', flush=True); print('one\\ntwo', file=sys.stderr); sys.exit(3)"
# they outlast the timeout of a test: one that waits for their end fails
SILENT = "import time; time.sleep(900)"
DEAF = "import os, time; os.close(1); os.close(2); time.sleep(900)"
FAMILY = """
import os, subprocess, time
os.write(1, b"%d" % subprocess.Popen(["sleep", "60"]).pid)
time.sleep(60)
"""


class StopRun(Exception):
    """Raised by a callback to end a run."""


class Seen:
    """Collects what the callbacks received; raises StopRun at the tick number `stop_at`."""

    def __init__(self, *, stop_at: int | None = None) -> None:
        self.stop_at = stop_at
        self.output = b""
        self.messages: list[bytes] = []
        self.ticks = 0
        self.process: Process | None = None

    def on_tick(self, process: Process) -> None:
        self.ticks += 1
        self.process = process
        if self.ticks == self.stop_at:
            raise StopRun

    def add(self, data: bytes) -> None:
        self.output += data

    def callbacks(
        self, *, tick_seconds: float = 0.05, wake_fd: int | None = None
    ) -> ProcessCallbacks:
        return ProcessCallbacks(self.on_tick, tick_seconds, self.add, self.messages.append, wake_fd)


def run(code: str, callbacks: ProcessCallbacks, cwd: Path) -> ExitStatus:
    return run_process(
        [sys.executable, "-c", code], cwd=cwd, environ=dict(os.environ), callbacks=callbacks
    )


def test_output_messages_and_exit_code_arrive(tmp_path: Path) -> None:
    seen = Seen()

    ended = run(TALK, seen.callbacks(), tmp_path)

    assert ended == ExitStatus(3, None)
    assert (seen.output, seen.messages) == (b"out\n", [b"one", b"two"])


@pytest.mark.parametrize("code", [SILENT, DEAF])
def test_a_tick_that_raises_ends_the_process_at_once(tmp_path: Path, code: str) -> None:
    seen = Seen(stop_at=4)

    with pytest.raises(StopRun):
        run(code, seen.callbacks(), tmp_path)

    assert seen.ticks == 4
    assert seen.process is not None
    assert processes.started_at(seen.process.pid) is None


def test_the_children_of_a_process_end_with_it(tmp_path: Path) -> None:
    family: list[int] = []

    def on_tick(_process: Process) -> None:
        if family:
            raise StopRun

    with pytest.raises(StopRun):
        run(
            FAMILY,
            ProcessCallbacks(on_tick, 0.05, lambda out: family.append(int(out)), print),
            tmp_path,
        )

    deadline = clock.monotonic() + 60
    while processes.started_at(family[0]) is not None:
        assert clock.monotonic() < deadline


def test_a_notification_causes_an_immediate_tick(tmp_path: Path) -> None:
    wake, notifier = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    wake.setblocking(False)
    ticks: list[Process] = []

    def on_tick(process: Process) -> None:
        ticks.append(process)
        notifier.send(b"!")
        if len(ticks) == 3:
            raise StopRun

    with wake, notifier, pytest.raises(StopRun):
        run(SILENT, ProcessCallbacks(on_tick, 900, print, print, wake_fd=wake.fileno()), tmp_path)

    assert len(ticks) == 3


def test_an_error_in_a_tick_leaves_no_process(tmp_path: Path) -> None:
    pids: list[int] = []

    def fail(process: Process) -> None:
        pids.append(process.pid)
        raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours"):
        run(SILENT, ProcessCallbacks(fail, 0.05, lambda data: None, lambda line: None), tmp_path)

    assert processes.started_at(pids[0]) is None


def test_a_killed_process_has_its_signal(tmp_path: Path) -> None:
    killed = run("import os; os.kill(os.getpid(), 9)", Seen().callbacks(), tmp_path)

    assert killed == ExitStatus(None, 9)
