"""Run the server, the worker and the periodic cleanup together; when one ends, all are stopped.

With `--no-worker` the jobs are left to workers on other machines.

Ctrl-C or SIGTERM asks each child to finish its work; a second one, or `DRAIN_SECONDS` later, makes
a worker release its jobs; `RELEASE_SECONDS` later the rest is killed. When a child ends by
itself, the others are stopped, and its exit status is returned. Standard library only.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
COMMANDS = {
    "server": [str(BIN / "ffremote-server")],
    "worker": [str(BIN / "ffremote-worker")],
    "cleanup": [str(BIN / "flask"), "--app", "ffremote", "cleanup", "--every", "10m"],
}
NO_WORKER = "--no-worker"
DRAIN_SECONDS = 10.0
RELEASE_SECONDS = 5.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child runs before exec so that it ends with a killed parent (Linux only)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(name: str, argv: list[str]) -> Child:
    # Its own process group: otherwise a worker gets the terminal's Ctrl-C besides our SIGTERM,
    # and a second signal makes it release its jobs at once.
    process = subprocess.Popen(argv, process_group=0, preexec_fn=die_with_parent())
    say(f"{name} is process {process.pid}")
    return Child(name, process)


def wake_on_signals() -> int:
    """Return a descriptor with one byte for each signal, the end of a child included."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(writer)
    return reader


def asked_to_stop(wake: int, timeout: float | None) -> bool:
    """Wait for a signal, at most `timeout` seconds; return whether it asks to stop."""
    if not select.select([wake], [], [], timeout)[0]:
        return False
    return any(number != signal.SIGCHLD for number in os.read(wake, 1024))


def alive(children: list[Child]) -> list[Child]:
    return [child for child in children if child.process.poll() is None]


def send(children: list[Child], number: signal.Signals) -> None:
    for child in alive(children):
        if number == signal.SIGKILL:
            os.killpg(child.process.pid, number)  # with its group: it cannot stop its children
        else:
            child.process.send_signal(number)


def stop(children: list[Child], wake: int) -> None:
    """Send SIGTERM, SIGTERM again, SIGKILL; a signal from the user skips the wait of a step."""
    for number, seconds in (
        (signal.SIGTERM, DRAIN_SECONDS),
        (signal.SIGTERM, RELEASE_SECONDS),
        (signal.SIGKILL, RELEASE_SECONDS),
    ):
        send(children, number)
        deadline = time.monotonic() + seconds
        while alive(children) and (left := deadline - time.monotonic()) > 0:
            if asked_to_stop(wake, left):
                break
        if not alive(children):
            return
        names = ", ".join(child.name for child in alive(children))
        say(f"{names} still running after {number.name}")


def status_of(child: Child) -> int:
    """Return the exit status as a shell does; 1 for a child that ended by itself with 0."""
    code = child.process.returncode
    return 128 - code if code < 0 else code or 1


def say(message: str) -> None:
    print(f"up: {message}", file=sys.stderr, flush=True)


def main() -> int:
    """Start all, wait for the first end or signal, stop all; return the exit status."""
    wake = wake_on_signals()
    children: list[Child] = []
    left_out = {"worker"} if NO_WORKER in sys.argv[1:] else set()
    try:
        for name, argv in COMMANDS.items():
            if name not in left_out:
                children.append(start(name, argv))
        while len(alive(children)) == len(children):
            if asked_to_stop(wake, None):
                say("stopping; once more to hurry")
                return 0
        ended = next(child for child in children if child.process.returncode is not None)
        say(f"{ended.name} ended with status {status_of(ended)}; stopping the others")
        return status_of(ended)
    finally:
        stop(children, wake)


if __name__ == "__main__":
    sys.exit(main())
