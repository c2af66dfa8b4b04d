"""`./run up` stops all its children: on a signal, and when one of them ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from tests.support.paths import CHECKOUT

PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from tools import up
up.COMMANDS = {commands!r}
up.DRAIN_SECONDS = up.RELEASE_SECONDS = 0.3
sys.exit(up.main())
"""
SLEEPER = ["sleep", "60"]
STUBBORN = ["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 60; done"]

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    started = []

    def start_up(commands: dict[str, list[str]], *words: str) -> subprocess.Popen[str]:
        program = PROGRAM.format(root=str(CHECKOUT), commands=commands)
        argv = [sys.executable, "-c", program, *words]
        process = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
        )
        started.append(process)
        return process

    yield start_up
    for process in started:
        process.terminate()
        process.communicate(timeout=10)


def read_pids(process: subprocess.Popen[str], count: int) -> list[int]:
    assert process.stderr is not None
    message = [process.stderr.readline() for _ in range(count)]
    return [int(match[1]) for line in message if (match := re.search(r"is process (\d+)", line))]


def is_gone(pid: int) -> bool:
    """Whether the process ends within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.01)
    return False


def test_one_signal_ends_all_children(start: Start) -> None:
    process = start({"one": SLEEPER, "two": SLEEPER})
    pids = read_pids(process, 2)

    process.send_signal(signal.SIGINT)

    assert process.wait(10) == 0
    assert [is_gone(pid) for pid in pids] == [True, True]


@pytest.mark.parametrize(("end", "status"), [("exit 7", 7), ("exit 0", 1), ("kill -KILL $$", 137)])
def test_a_childs_end_stops_the_others_with_its_status(start: Start, end: str, status: int) -> None:
    process = start({"mortal": ["sh", "-c", end], "other": SLEEPER})
    pids = read_pids(process, 2)

    assert process.wait(10) == status
    assert [is_gone(pid) for pid in pids] == [True, True]


def test_the_worker_is_left_to_other_machines_on_request(start: Start) -> None:
    process = start({"server": SLEEPER, "worker": SLEEPER, "cleanup": SLEEPER}, "--no-worker")
    assert process.stderr is not None

    said = [process.stderr.readline().split()[1] for _ in range(2)]
    process.terminate()

    assert (process.wait(10), said) == (0, ["server", "cleanup"])


def test_a_child_that_ignores_sigterm_is_killed(start: Start) -> None:
    process = start({"deaf": STUBBORN})
    pids = read_pids(process, 1)
    assert process.stdout is not None
    assert process.stdout.readline() == "deaf\n"

    process.send_signal(signal.SIGTERM)

    assert process.wait(10) == 0
    assert [is_gone(pid) for pid in pids] == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="needs the parent-death signal of Linux")
def test_killing_the_parent_leaves_no_child(start: Start) -> None:
    process = start({"one": SLEEPER, "two": SLEEPER})
    pids = read_pids(process, 2)

    process.kill()

    assert [is_gone(pid) for pid in pids] == [True, True]


def test_a_missing_command_stops_those_before_it(start: Start) -> None:
    process = start({"one": SLEEPER, "missing": ["/nonexistent/program"]})
    pids = read_pids(process, 1)

    assert process.wait(10) == 1
    assert [is_gone(pid) for pid in pids] == [True]
