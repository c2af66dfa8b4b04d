"""A program in a pseudo-terminal: its screen output, and key presses."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path

DEADLINE = 60.0
CTRL_C = b"\x03"


def _take_terminal() -> None:
    """Make stdin the controlling terminal, whose Ctrl-C ends the program as in a shell.

    A shell starts its background jobs with SIGINT ignored, and so would the tests hand it on.
    """
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """Runs a program with a new terminal as its stdin, stdout and stderr."""

    def __init__(self, argv: Sequence[str], *, cwd: Path, environ: dict[str, str]) -> None:
        self._master, slave = os.openpty()
        self.resize(100)
        self._program = subprocess.Popen(
            argv,
            cwd=cwd,
            env=environ,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(slave)
        self.text = ""

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read until the output since the last match contains the pattern."""
        deadline = time.monotonic() + DEADLINE
        while not (found := re.search(pattern, self.text)):
            assert self._read(deadline), f"ended without {pattern!r}: {self.text!r}"
        self.text = self.text[found.end() :]
        return found

    def end(self) -> int:
        """Read to the end and return the exit status."""
        deadline = time.monotonic() + DEADLINE
        while self._read(deadline):
            pass
        return self._program.wait(DEADLINE)

    def close(self) -> None:
        if self._program.poll() is None:
            self._program.kill()
            self._program.wait(DEADLINE)
        os.close(self._master)

    def _read(self, deadline: float) -> bool:
        left = deadline - time.monotonic()
        ready, _, _ = select.select([self._master], [], [], max(0.0, left))
        assert ready, f"nothing more within the deadline: {self.text!r}"
        try:
            block = os.read(self._master, 65536)
        except OSError:  # EIO on Linux: the last program has closed the other side
            return False
        self.text += block.decode(errors="replace")
        return bool(block)
