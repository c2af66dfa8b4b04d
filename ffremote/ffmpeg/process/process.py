"""Starts FFmpeg, follows it, stops it and always reaps it.

The caller's thread starts the process and stays with it to its end: the parent-death signal follows
the thread. Nothing here decides about jobs; a callback that raises ends the process group with
SIGKILL, because a stopped job's output is thrown away (SIGTERM was measured to take 4–20 s).
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

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended: its exit code, or the number of the signal that ended it."""

    code: int | None
    signal: int | None


@dataclass(frozen=True, slots=True)
class Process:
    """A process that runs: its PID and what names it beyond the PID."""

    pid: int
    started: int | None


@dataclass(frozen=True, slots=True)
class Watch:
    """The callbacks while a process runs; one that raises ends it.

    `on_tick` is called at least every `tick_seconds` and as soon as `wake_fd` is readable.
    `on_output` gets the bytes of stdout, `on_message` each line of stderr.
    """

    on_tick: Callable[[Process], None]
    tick_seconds: float
    on_output: Callable[[bytes], None]
    on_message: Callable[[bytes], None]
    wake_fd: int | None = None


def follow(argv: Sequence[str], *, cwd: Path, environ: Mapping[str, str], watch: Watch) -> Exit:
    """Run a program to its end; if a callback raises, kill and reap it first."""
    with _started(argv, cwd, environ) as child:
        process = Process(child.pid, processes.started_at(child.pid))
        try:
            _pump(child, process, watch)
            code = _end_of(child, process, watch)
        except BaseException:
            _kill_group(child)
            raise
    return Exit(None, -code) if code < 0 else Exit(code, None)


def _started(argv: Sequence[str], cwd: Path, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        list(argv),
        cwd=cwd,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        start_new_session=True,
    )


def _pump(child: subprocess.Popen[bytes], process: Process, watch: Watch) -> None:
    """Read both pipes until they are closed, ticking on time."""
    assert child.stdout is not None
    assert child.stderr is not None
    lines = _Lines(watch.on_message)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ, watch.on_output)
        selector.register(child.stderr, selectors.EVENT_READ, lines.feed)
        if watch.wake_fd is not None:
            selector.register(watch.wake_fd, selectors.EVENT_READ)
        next_tick = clock.monotonic()
        open_pipes = 2
        while open_pipes:
            events = selector.select(max(0.0, next_tick - clock.monotonic()))
            woken = any(key.fd == watch.wake_fd for key, _ in events)
            if woken and watch.wake_fd is not None:
                _drain(watch.wake_fd)
            if woken or clock.monotonic() >= next_tick:
                watch.on_tick(process)
                next_tick = clock.monotonic() + watch.tick_seconds
            for key, _ in events:
                if key.fd != watch.wake_fd and not _read(key.fd, key.data):
                    selector.unregister(key.fileobj)
                    open_pipes -= 1
    lines.end()


def _end_of(child: subprocess.Popen[bytes], process: Process, watch: Watch) -> int:
    """Wait for the end; closed pipes do not promise one."""
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(watch.tick_seconds)
        watch.on_tick(process)


def _read(pipe: int, take: Callable[[bytes], None]) -> bool:
    data = os.read(pipe, CHUNK)
    if data:
        take(data)
    return bool(data)


def _drain(descriptor: int) -> None:
    """Take all that waits there; a doorbell's datagrams come one at a read."""
    with contextlib.suppress(BlockingIOError):
        while os.read(descriptor, 64):
            pass


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


class _Lines:
    """Cuts a stream into lines; of an endless one all is dropped after LONGEST.

    The rest of it is no line of its own: whoever wrote the text could choose how that begins.
    """

    LONGEST = 4096

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self._rest = b""
        self._is_cut = False

    def feed(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            self._give(line)
            self._is_cut = False
        if len(self._rest) > self.LONGEST:
            self.end()
            self._is_cut = True

    def end(self) -> None:
        self._give(self._rest)
        self._rest = b""

    def _give(self, line: bytes) -> None:
        if line and not self._is_cut:
            self._take(line[: self.LONGEST])


class BoundedLog:
    """Writes messages to a file, up to a size; then says so once and keeps the file as it is."""

    def __init__(self, file: BinaryIO, *, max_bytes: int = 8 << 20) -> None:
        self._file = file
        self._left = max_bytes

    def write(self, line: bytes) -> None:
        """Write one line, at once: the log is read while it grows."""
        if self._left <= 0:
            return
        self._left -= len(line) + 1
        self._file.write(line + b"\n" if self._left > 0 else b"[the log is cut here]\n")
        self._file.flush()
