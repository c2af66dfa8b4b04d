"""Feeds a program's standard input with a file that still grows, as its bytes come.

The pipe is closed when the program has all bytes, or has ended: FFmpeg takes a pipe that is closed
early for the end of the input, and ends with status 0.
"""

import contextlib
import fcntl
import os
import threading
from typing import BinaryIO, Protocol, Self

from ffremote import clock

CHUNK = 1 << 20
PIPE_BYTES = 1 << 18
POLL_SECONDS = 0.02
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ


class Arriving(Protocol):
    """A file of which the first bytes are there."""

    size: int
    """The bytes that it will have."""

    def fileno(self) -> int:
        """Return a descriptor that is open for reading."""

    def ready(self) -> int:
        """Return how many bytes may be read now; raise OSError if there will be no more."""


class Feeder:
    """Writes an arriving file to a pipe, from its first byte, in a thread of its own.

    Leave its context after the program has ended.
    """

    def __init__(self, source: Arriving) -> None:
        self._source = source
        self._pipe = -1
        self._thread = threading.Thread(target=self._run, name="feeder", daemon=True)
        self._stopped = threading.Event()
        self._error: OSError | None = None
        self._waited = 0.0
        self._waiting_since: float | None = None
        self.fed = 0
        """The bytes that the pipe took."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        self._close()

    def open(self) -> BinaryIO:
        """Start to feed; return the end of the pipe for the program."""
        reading, self._pipe = os.pipe()
        _enlarge(self._pipe)
        self._thread.start()
        return os.fdopen(reading, "rb", buffering=0)

    @property
    def share(self) -> float:
        """The share of the file that was fed, 0 to 1."""
        return self.fed / self._source.size if self._source.size else 1.0

    @property
    def is_complete(self) -> bool:
        """Whether the program was given all bytes."""
        return self.fed == self._source.size

    @property
    def is_waiting(self) -> bool:
        """Whether the program has what there is."""
        return self._waiting_since is not None

    @property
    def waited_seconds(self) -> float:
        """How long it has waited for bytes, in all."""
        since = self._waiting_since
        return self._waited + (0.0 if since is None else clock.monotonic() - since)

    def check(self) -> None:
        """Raise the OSError that ended the feeding, if one has."""
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            while self.fed < self._source.size and not self._stopped.is_set():
                ready = min(self._source.ready(), self._source.size)
                if ready > self.fed:
                    self._waiting_since = None
                    self.fed += _copy(self._source.fileno(), self._pipe, self.fed, ready)
                else:
                    self._wait()
        except BrokenPipeError:  # the program has ended, or needs no more
            return
        except OSError as exc:
            self._error = exc
            return
        self._close()

    def _wait(self) -> None:
        began = clock.monotonic()
        self._waiting_since = self._waiting_since or began
        self._stopped.wait(POLL_SECONDS)
        if self._source.ready() > self.fed:
            self._waited += clock.monotonic() - self._waiting_since
            self._waiting_since = None

    def _close(self) -> None:
        descriptor, self._pipe = self._pipe, -1
        if descriptor >= 0:
            os.close(descriptor)


def _copy(source: int, pipe: int, start: int, end: int) -> int:
    """Copy a piece from `start`, at most to `end`; return its length, raise OSError for none."""
    wanted = min(end - start, CHUNK)
    if hasattr(os, "splice"):
        copied = os.splice(source, pipe, wanted, offset_src=start)
    else:
        copied = os.write(pipe, os.pread(source, wanted, start))
    if not copied:
        raise OSError("the upload became shorter while it was read")
    return copied


def _enlarge(pipe: int) -> None:
    """Let the pipe hold more, if the system allows it: fewer wake-ups."""
    with contextlib.suppress(OSError):  # not on macOS, nor beyond a user's share of all pipes
        fcntl.fcntl(pipe, _SET_PIPE_SIZE, PIPE_BYTES)
