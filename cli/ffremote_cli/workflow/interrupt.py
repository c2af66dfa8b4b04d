"""Ctrl-C: the first stops the work in progress, the second exits at once."""

import os
import signal
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

from ..errors import Stopped
from ..exits import Exit

_LOCAL_FLAGS = 3  # index in the list that tcgetattr returns


class CtrlC:
    """While entered, the first Ctrl-C sets `stop`, which every wait and transfer checks.

    The second exits immediately, even from a blocking call.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._echoes = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._pressed)
        self._echoes = _set_echo(False)
        return self

    def __exit__(self, *_: object) -> None:
        if self._echoes:
            _set_echo(True)
        signal.signal(signal.SIGINT, self._before)

    def _pressed(self, _number: int, _frame: FrameType | None) -> None:
        if self.stop.is_set():
            os.write(2, b"\nffremote: exited at once; the job may still run, see `ffremote list`\n")
            if self._echoes:
                _set_echo(True)
            os._exit(Exit.INTERRUPTED)
        self.stop.set()


@contextmanager
def ended_by_sigterm(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM, by which a service is stopped, set `stop`: the end that follows is no error."""
    received: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        stop.set()

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except Stopped:
        if not received:
            raise
    finally:
        signal.signal(signal.SIGTERM, before)


def _set_echo(on: bool) -> bool:
    """Switch whether the terminal prints `^C`, which tears a bar; return whether that changed."""
    try:
        terminal = sys.stdin.fileno()
        # Without this check the terminal would stop a program that runs in the background.
        if not sys.stderr.isatty() or os.tcgetpgrp(terminal) != os.getpgrp():
            return False
        modes = termios.tcgetattr(terminal)
        was = bool(modes[_LOCAL_FLAGS] & termios.ECHOCTL)
        modes[_LOCAL_FLAGS] ^= termios.ECHOCTL if was != on else 0
        termios.tcsetattr(terminal, termios.TCSANOW, modes)
    except (OSError, ValueError, AttributeError, termios.error):
        return False  # stdin is no terminal, or one without these modes
    return was != on
