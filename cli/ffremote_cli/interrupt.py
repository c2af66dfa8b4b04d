"""Ctrl-C: once to stop what is going on, twice to leave at once."""

import os
import signal
import threading
from types import FrameType
from typing import Self

from .exits import Exit


class CtrlC:
    """While entered, the first Ctrl-C sets `stop`, which every wait and transfer looks at.

    The second leaves the program there and then, whatever it waits for.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._pressed)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _pressed(self, _number: int, _frame: FrameType | None) -> None:
        if self.stop.is_set():
            os.write(2, b"\nffremote: left at once; the job may go on, see `ffremote list`\n")
            os._exit(Exit.INTERRUPTED)
        self.stop.set()
