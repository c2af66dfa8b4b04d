"""Starts a process, reads its output, stops it and always reaps it.

The calling thread must outlive the process: the parent-death signal is tied to the thread. This
module decides nothing about jobs; a callback that raises ends the process group with SIGKILL,
because the output of a stopped job is discarded (SIGTERM was measured to take 4–20 s).
"""

import contextlib
import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ffremote import clock
from ffremote.host import processes

from .feeding import Feeder

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class ExitStatus:
    """How a process ended: its exit code, or the number of the signal that ended it."""

    code: int | None
    signal: int | None


@dataclass(frozen=True, slots=True)
class Process:
    """A running process: its PID, and its start time, which makes the PID unique."""

    pid: int
    started: int | None


@dataclass(frozen=True, slots=True)
class ProcessCallbacks:
    """The callbacks while a process runs; one that raises ends it.

    `on_tick` is called at least every `tick_seconds` and as soon as `wake_fd` is readable.
    `on_output` gets the bytes of stdout, `on_message` each line of stderr.
    """

    on_tick: Callable[[Process], None]
    tick_seconds: float
    on_output: Callable[[bytes], None]
    on_message: Callable[[bytes], None]
    wake_fd: int | None = None


def run_process(
    argv: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str],
    callbacks: ProcessCallbacks,
    feeder: Feeder | None = None,
) -> ExitStatus:
    """Run a program to its end; if a callback raises, kill and reap it first.

    `feeder` writes its standard input, which is empty without one.
    """
    if feeder is None:
        with _start(argv, cwd, environ, subprocess.DEVNULL) as child:
            return _run(child, callbacks)
    with feeder, feeder.open() as stdin, _start(argv, cwd, environ, stdin.fileno()) as child:
        stdin.close()  # or the feeder would not learn that the program has ended
        return _run(child, callbacks)


def _run(child: subprocess.Popen[bytes], callbacks: ProcessCallbacks) -> ExitStatus:
    process = Process(child.pid, processes.started_at(child.pid))
    try:
        _pump(child, process, callbacks)
        code = _wait(child, process, callbacks)
    except BaseException:
        _kill_group(child)
        raise
    return ExitStatus(None, -code) if code < 0 else ExitStatus(code, None)


def _start(
    argv: Sequence[str], cwd: Path, environ: Mapping[str, str], stdin: int
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(argv),
        cwd=cwd,
        env=dict(environ),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )


def _pump(child: subprocess.Popen[bytes], process: Process, callbacks: ProcessCallbacks) -> None:
    """Read both pipes until they are closed; call `on_tick` on time."""
    assert child.stdout is not None
    assert child.stderr is not None
    lines = _LineSplitter(callbacks.on_message)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ, callbacks.on_output)
        selector.register(child.stderr, selectors.EVENT_READ, lines.feed)
        if callbacks.wake_fd is not None:
            selector.register(callbacks.wake_fd, selectors.EVENT_READ)
        next_tick = clock.monotonic()
        open_pipes = 2
        while open_pipes:
            events = selector.select(max(0.0, next_tick - clock.monotonic()))
            woken = any(key.fd == callbacks.wake_fd for key, _ in events)
            if woken and callbacks.wake_fd is not None:
                _drain(callbacks.wake_fd)
            if woken or clock.monotonic() >= next_tick:
                callbacks.on_tick(process)
                next_tick = clock.monotonic() + callbacks.tick_seconds
            for key, _ in events:
                if key.fd != callbacks.wake_fd and not _read(key.fd, key.data):
                    selector.unregister(key.fileobj)
                    open_pipes -= 1
    lines.end()


def _wait(child: subprocess.Popen[bytes], process: Process, callbacks: ProcessCallbacks) -> int:
    """Wait until the process ends, which may be long after it has closed its pipes."""
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(callbacks.tick_seconds)
        callbacks.on_tick(process)


def _read(pipe: int, on_data: Callable[[bytes], None]) -> bool:
    data = os.read(pipe, CHUNK)
    if data:
        on_data(data)
    return bool(data)


def _drain(descriptor: int) -> None:
    """Discard all that is readable; a listener's datagrams arrive one per read."""
    with contextlib.suppress(BlockingIOError):
        while os.read(descriptor, 64):
            pass


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


class _LineSplitter:
    """Splits a stream into lines; a line longer than LONGEST bytes is cut, its rest is dropped.

    The rest is not emitted as a line: an uploader could choose how it begins, such as `[error]`.
    """

    LONGEST = 4096

    def __init__(self, on_line: Callable[[bytes], None]) -> None:
        self._on_line = on_line
        self._rest = b""
        self._is_cut = False

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self._emit(line)
            self._is_cut = False
        if len(self._rest) > self.LONGEST:
            self.end()
            self._is_cut = True

    def end(self) -> None:
        self._emit(self._rest)
        self._rest = b""

    def _emit(self, line: bytes) -> None:
        if line and not self._is_cut:
            self._on_line(line[: self.LONGEST])


class BoundedLog:
    """Writes lines to a file up to a maximum size, then one line that says so, then nothing."""

    def __init__(self, file: BinaryIO, *, max_bytes: int = 8 << 20) -> None:
        self._file = file
        self._left = max_bytes

    def write(self, line: bytes) -> None:
        """Write one line and flush it: the log is read while it grows."""
        if self._left <= 0:
            return
        self._left -= len(line) + 1
        self._file.write(line + b"\n" if self._left > 0 else b"[the log is cut here]\n")
        self._file.flush()
