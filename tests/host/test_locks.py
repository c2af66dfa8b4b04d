"""Locks and start times prove whether real processes are alive."""

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

from ffremote.host import locks, processes
from ffremote.host.locks import ProcessLock

HOLD = """
import sys, time
from pathlib import Path
from ffremote.host.locks import ProcessLock
with ProcessLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start_holder(lock: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_a_killed_holder_is_dead_at_once(tmp_path: Path) -> None:
    lock = tmp_path / f"{uuid.uuid4()}.lock"
    with start_holder(lock) as holder:
        alive = locks.is_dead(lock)

        holder.kill()
        holder.wait()

        assert (alive, locks.is_dead(lock)) == (False, True)


def test_a_stopped_holder_is_alive(tmp_path: Path) -> None:
    lock = tmp_path / f"{uuid.uuid4()}.lock"
    with start_holder(lock) as holder:
        holder.send_signal(signal.SIGSTOP)

        assert not locks.is_dead(lock)

        holder.kill()


def test_a_holder_that_closed_its_lock_is_dead(tmp_path: Path) -> None:
    lock = tmp_path / f"{uuid.uuid4()}.lock"

    with ProcessLock(lock):
        held = locks.is_dead(lock)

    assert (held, locks.is_dead(lock), lock.exists()) == (False, True, False)


def test_a_process_is_identified_by_its_start_time(tmp_path: Path) -> None:
    with start_holder(tmp_path / f"{uuid.uuid4()}.lock") as child:
        started = processes.started_at(child.pid)
        assert started == processes.started_at(child.pid)
        child.kill()

    assert started is not None
    assert processes.started_at(child.pid) is None


def test_a_process_with_another_start_time_is_not_killed(tmp_path: Path) -> None:
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    started = processes.started_at(child.pid)
    assert started is not None

    spared = processes.kill_process(child.pid, started + 1)
    still_there = child.poll() is None
    killed = processes.kill_process(child.pid, started)

    assert (spared, still_there, killed) == (False, True, True)
    assert child.wait(timeout=10) == -signal.SIGKILL


def test_all_processes_of_a_boot_agree_on_it() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from ffremote.host import processes; print(processes.boot_id())"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == processes.boot_id()
    assert os.getpid() > 0


def test_only_the_lock_of_a_dead_holder_is_removed(tmp_path: Path) -> None:
    lock = tmp_path / f"{uuid.uuid4()}.lock"
    with start_holder(lock) as holder:
        while_alive = (locks.remove_if_dead(lock), lock.exists())
        holder.kill()
        holder.wait()

        removed = (locks.remove_if_dead(lock), lock.exists())

    assert (while_alive, removed) == ((False, True), (True, False))
    assert not locks.remove_if_dead(lock)
