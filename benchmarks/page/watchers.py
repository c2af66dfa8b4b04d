"""Open pages and reporting workers, in processes of their own: only the server is measured.

A program that measures in one thread while another one of it reads the streams measures itself.
"""

import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

from sqlalchemy import text

from benchmarks.parts import history
from benchmarks.parts.racing import CONTEXT
from ffremote.db import database

CANCELED = re.compile(rb'"job_id":"([0-9a-f-]{36})","state":"canceled"')
GREETING_SECONDS = 5.0

Address = tuple[str, int]
Told = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Watchers:
    """Open pages: the bytes that all of them have received, and what one of them was told."""

    received: "Synchronized[int]"
    _told: "SimpleQueue[Told]"

    def seconds_to(self, job_id: str, change: Callable[[], object]) -> float:
        """Cancel a job by `change`; return how long after its commit a page was told of it."""
        change()
        committed = time.monotonic()
        while True:
            told, at = self._told.get()
            if told == job_id:
                return max(0.0, at - committed)


@contextmanager
def open_pages(address: Address, count: int) -> Iterator[Watchers]:
    """Open the streams of events of this many pages, and read them until the end."""
    is_over, received = CONTEXT.Event(), CONTEXT.Value("q", 0)
    told: SimpleQueue[Told] = CONTEXT.SimpleQueue()
    arguments = (address, count, is_over, received, told)
    process = CONTEXT.Process(target=_watch, args=arguments, daemon=True)
    process.start()
    time.sleep(GREETING_SECONDS)  # until all were greeted
    try:
        yield Watchers(received, told)
    finally:
        is_over.set()
        process.join()


@contextmanager
def reporting(data_dir: Path, statement: str) -> Iterator[None]:
    """Report progress of all jobs that run, once a second."""
    is_over = CONTEXT.Event()
    process = CONTEXT.Process(target=_report, args=(data_dir, statement, is_over), daemon=True)
    process.start()
    try:
        yield
    finally:
        is_over.set()
        process.join()


def _watch(
    address: Address,
    count: int,
    is_over: Event,
    received: "Synchronized[int]",
    told: "SimpleQueue[Told]",
) -> None:
    rest = b""
    with selectors.DefaultSelector() as selector:
        for number in range(count):
            selector.register(_open(address), selectors.EVENT_READ, number == 0)
        while not is_over.is_set():
            for key, _ in selector.select(0.2):
                stream = key.fileobj
                assert isinstance(stream, socket.socket)  # as registered above
                block = stream.recv(1 << 18)
                received.value += len(block)
                if key.data:
                    complete, _, rest = (rest + block).rpartition(b"\n\n")
                    for found in CANCELED.finditer(complete):
                        told.put((found[1].decode(), time.monotonic()))


def _open(address: Address) -> socket.socket:
    stream = socket.create_connection(address, timeout=30)
    host = f"{address[0]}:{address[1]}"
    stream.sendall(f"GET /api/v1/events HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
    return stream


def _report(data_dir: Path, statement: str, is_over: Event) -> None:
    count = 0
    with history.opened(data_dir) as session:
        while not is_over.wait(1):
            count += 1
            with database.writing(session):
                session.execute(text(statement), {"count": count})
