"""Processes of a storm as /proc describes them, and waits for a condition."""

import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the service, as /proc describes it."""

    pid: int
    parent: int
    words: list[str]
    at_job: bool = False  # its working directory is that of a job

    def is_a(self, name: str) -> bool:
        """Whether an argument of its command line ends with `name`."""
        return any(word.endswith(name) for word in self.words)

    def option(self, name: str) -> str:
        """Return the value of an option of its command line."""
        return self.words[self.words.index(name) + 1]


def send(pid: int, number: signal.Signals) -> bool:
    """Send a signal; return whether the process existed."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until `condition()` is true; return whether it became true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port() -> int:
    """Return an unused port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
