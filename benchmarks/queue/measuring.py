"""The queue: claims on a table with a long history, in turns with huey's. `--short` is for CI."""

import functools
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.parts.history import build, opened, queue
from benchmarks.parts.racing import CONTEXT
from benchmarks.queue import postgresql as postgresql_queue
from benchmarks.queue import sqlite as sqlite_queue
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.models import Job
from ffremote.jobs import claims, queries, store
from ffremote.jobs.kept import usage
from ffremote.jobs.lists import pages
from ffremote.jobs.lists.filters import Filter
from ffremote.ledger.values import Claim, ProgressUpdate
from ffremote.states import JobState, Phase

WRITERS = 8


@dataclass(frozen=True, slots=True)
class Size:
    """The number of rows, seconds and passes."""

    finished: int
    seconds: float
    passes: int
    reads: int


FULL = Size(finished=1_000_000, seconds=1.5, passes=3, reads=400)
SHORT = Size(finished=10_000, seconds=0.3, passes=1, reads=50)


def measure(scratch: Path, size: Size = FULL) -> None:
    """Print the throughput of the queue beside huey's, and on PostgreSQL procrastinate's."""
    small = build(scratch / "small", finished=1000)
    began = time.monotonic()
    large = build(scratch / "large", finished=size.finished)
    megabytes = (large / "ffremote.db").stat().st_size / 1e6
    took = time.monotonic() - began
    print(
        f"  {size.finished:,} finished rows, {megabytes:.0f} MB, built in {took:.0f} s", flush=True
    )
    sqlite_queue.measure(large, scratch, seconds=size.seconds, passes=size.passes)
    reads_under_writers(large, size)
    growth(small, large, size)
    sqlite_queue.measure_in_memory(
        finished=size.finished // 10, seconds=size.seconds, passes=size.passes
    )
    postgresql_queue.measure(
        scratch, finished=size.finished // 10, seconds=size.seconds, passes=size.passes
    )


def reads_under_writers(data_dir: Path, size: Size) -> None:
    """Print how long GET …/status takes while eight writers send heartbeats."""
    queue(data_dir, WRITERS + 1)
    with opened(data_dir) as session:
        held = [sqlite_queue.claim(session) for _ in range(WRITERS)]
        job_id = session.scalar(text("SELECT id FROM jobs WHERE state = 'queued'"))
    app = create_app(Settings(data_dir=data_dir))
    client = app.test_client()
    path = f"/api/v1/jobs/{job_id}/status"
    for what, pause in (("2 beats/s each", 0.5), ("beats without pause", 0.0)):
        over, ready = CONTEXT.Event(), CONTEXT.Barrier(WRITERS + 1)
        writers = [
            CONTEXT.Process(target=_beat, args=(data_dir, claim, pause, ready, over))
            for claim in held
        ]
        for writer in writers:
            writer.start()
        ready.wait()
        client.get(path)
        times = sorted(_timed(lambda: client.get(path), size.reads))
        over.set()
        for writer in writers:
            writer.join()
        p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"  status beside {WRITERS} writers, {what:20} p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def growth(small: Path, large: Path, size: Size) -> None:
    """Print the time of lists and queue positions on a short and on a long history, in turns."""
    queue(small, 1000)
    queue(large, 1000)
    looks: dict[str, Callable[[Session], object]] = {
        "list, newest 50": pages.newest,
        "list of completed": lambda s: pages.newest(s, Filter((JobState.COMPLETED,))),
        "queue_position of 500th": lambda s: queries.queue_position(s, _middle(s)),
        "promised_bytes": usage.promised_bytes,
    }
    with opened(small) as few, opened(large) as many:
        for what, call in looks.items():
            times: dict[Session, list[float]] = {few: [], many: []}
            for _ in range(max(size.reads // 4, 10)):
                for session in (few, many):
                    times[session] += _timed(functools.partial(call, session), 1)
            a, b = statistics.median(times[few]), statistics.median(times[many])
            print(f"  {what:24} {a:.2f} ms at 1,000, {b:.2f} ms at {size.finished:,}: {b / a:.2f}")


def _beat(data_dir: Path, claim: Claim, pause: float, ready: Barrier, over: Event) -> None:
    with opened(data_dir) as session:
        claims.report(session, claim, ProgressUpdate(Phase.PROBING, 0))
        ready.wait()
        while not over.wait(pause):
            claims.report(session, claim, ProgressUpdate(Phase.TRANSCODING, 40, {"frame": 1}))


def _middle(session: Session) -> Job:
    with database.reading(session):
        job_id = session.scalar(
            text("SELECT id FROM jobs WHERE state = 'queued' ORDER BY rank LIMIT 1 OFFSET 499")
        )
    return store.find(session, str(job_id))


def _timed(call: Callable[[], object], times: int) -> list[float]:
    """Return the milliseconds of each of `times` calls."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def main() -> None:
    """Run this benchmark alone; `--short` takes a few seconds."""
    scratch = Path(tempfile.mkdtemp(prefix="ffremote-bench-"))
    try:
        measure(scratch, SHORT if "--short" in sys.argv[1:] else FULL)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
