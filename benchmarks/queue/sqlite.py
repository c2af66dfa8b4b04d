"""The queue on SQLite: claims beside huey's dequeues, in turns, on the disk and in memory."""

import functools
import sqlite3
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from huey.storage import SqliteStorage
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from benchmarks.parts.history import build, opened, queue
from benchmarks.parts.racing import RACERS, race
from ffremote.db import database
from ffremote.jobs import claims, queries
from ffremote.jobs.queue import claim_next
from ffremote.ledger.values import Claim, Result

RESULT = Result(1, "ab" * 32, {"duration": 1.0})
MEMORY = Path("/dev/shm")
TRIALS = 2000
"""How many claims and dequeues of one process are timed for the parts of a claim."""


def measure(data_dir: Path, scratch: Path, *, seconds: float, passes: int) -> None:
    """Print claims a second of four processes, for this queue and huey's in turns."""
    ours = functools.partial(_ours, data_dir, seconds)
    theirs = functools.partial(_hueys, scratch, seconds)
    contests: dict[str, Callable[[], float]] = {
        "claim": functools.partial(ours, finish=False),
        "huey dequeue": functools.partial(theirs, finish=False),
        "claim + finish": functools.partial(ours, finish=True),
        "huey dequeue + result": functools.partial(theirs, finish=True),
    }
    rates: dict[str, list[float]] = {what: [] for what in contests}
    for _ in range(passes):
        for what, contest in contests.items():
            rates[what].append(contest())
    medians = {what: statistics.median(each) for what, each in rates.items()}
    for what, each in rates.items():
        every = ", ".join(f"{rate:.0f}" for rate in each)
        print(f"  {what:24} {medians[what]:8.0f}/s, {RACERS} processes ({every})", flush=True)
    print(f"  ours / huey: claim {medians['claim'] / medians['huey dequeue']:.2f}, ", end="")
    print(f"with the end {medians['claim + finish'] / medians['huey dequeue + result']:.2f}")


def measure_in_memory(*, finished: int, seconds: float, passes: int) -> None:
    """Print the same where no disk is waited for, and what a claim then consists of."""
    if not MEMORY.is_dir():
        print(f"  SQLite in memory is left out: there is no {MEMORY}")
        return
    with tempfile.TemporaryDirectory(prefix="ffremote-bench-", dir=MEMORY) as name:
        scratch = Path(name)
        data_dir = build(scratch / "data", finished=finished)
        print(f"  SQLite in memory ({MEMORY}), {finished:,} finished rows", flush=True)
        measure(data_dir, scratch, seconds=seconds, passes=passes)
        _parts(data_dir, scratch)


def claim(session: Session) -> Claim:
    """Claim a job as a worker does; there must be one."""
    found = claim_next(session, worker_id="w", holder="h", needs=frozenset({""}))
    if found is None:
        raise RuntimeError("the queue ran empty")
    return found


def _ours(data_dir: Path, seconds: float, *, finish: bool) -> float:
    queue(data_dir, int(8000 * seconds) + 100)
    rate = race(_claim_for, (data_dir, seconds, finish))
    _empty(data_dir)
    return rate


def _empty(data_dir: Path) -> None:
    with opened(data_dir) as session, database.writing(session):
        session.execute(text("DELETE FROM jobs WHERE finished_at IS NULL"))


def _hueys(scratch: Path, seconds: float, *, finish: bool) -> float:
    path = _fill_huey(scratch, int(60_000 * seconds) + 100)
    return race(_dequeue_for, (path, seconds, finish))


def _fill_huey(scratch: Path, tasks: int) -> Path:
    """Make a database of huey with these tasks."""
    path = scratch / f"huey-{uuid.uuid4().hex}.db"
    SqliteStorage("jobs", filename=str(path)).close()
    with sqlite3.connect(path) as connection:
        rows = [("jobs", b"x" * 300)] * tasks
        connection.executemany("INSERT INTO task (queue, data) VALUES (?, ?)", rows)
    connection.close()
    return path


def _claim_for(
    data_dir: Path, seconds: float, finish: bool, start: Barrier, results: SimpleQueue[float]
) -> None:
    with opened(data_dir) as session:
        queries.count_queued(session)
        start.wait()
        began, done = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            held = claim(session)
            if finish:
                claims.complete(session, held, RESULT)
            done += 1
        results.put(done / (time.monotonic() - began))


def _dequeue_for(
    path: Path, seconds: float, finish: bool, start: Barrier, results: SimpleQueue[float]
) -> None:
    storage = SqliteStorage("jobs", filename=str(path), timeout=30)
    storage.queue_size()
    start.wait()
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        if storage.dequeue() is None:
            break  # what was done so far counts
        if finish:
            storage.put_data(uuid.uuid4().hex, b"x" * 100)
        done += 1
    results.put(done / (time.monotonic() - began))


def _parts(data_dir: Path, scratch: Path) -> None:
    """Print the times of one process: of a claim, of its SQL alone, and of what huey does."""
    queue(data_dir, 3 * TRIALS)
    storage = SqliteStorage("jobs", filename=str(_fill_huey(scratch, TRIALS)))
    with opened(data_dir) as session:
        alone = _sql_of_a_claim(session)
        held: list[Claim] = []
        whole = _microseconds(lambda: held.append(claim(session)))
        end = _microseconds(lambda: claims.complete(session, held.pop(), RESULT))
        sql = _microseconds(alone)
        with database.writing(session):
            for name in session.scalars(text(_TRIGGERS)).all():
                session.execute(text(f"DROP TRIGGER {name}"))
        untotalled = _microseconds(alone)
    dequeue = _microseconds(storage.dequeue)
    put = _microseconds(lambda: storage.put_data(uuid.uuid4().hex, b"x" * 100))
    storage.close()
    print(
        f"  one process, medians: a claim {whole:.0f} us, of which its SQL {sql:.0f} us (without "
        f"the triggers of the totals {untotalled:.0f} us), an end {end:.0f} us; huey: a dequeue "
        f"{dequeue:.0f} us, a result {put:.0f} us"
    )


_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'jobs'"


def _sql_of_a_claim(session: Session) -> Callable[[], object]:
    """Make a call that runs what a claim sends to SQLite, without SQLAlchemy."""
    sent: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        _, _, statement, parameters, *_ = arguments
        if statement.startswith("UPDATE"):
            sent.append((statement, parameters))

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", note)
    token = claim(session).token
    event.remove(engine, "before_cursor_execute", note)
    (sql, values), *_ = sent
    driver: Any = session.connection().connection.driver_connection
    session.rollback()

    def run() -> object:
        own = uuid.uuid4().hex  # as each claim has
        return driver.execute(sql, [own if it == token else it for it in values]).fetchall()

    return run


def _microseconds(call: Callable[[], object]) -> float:
    """Return the median time of a call."""
    taken = []
    for _ in range(TRIALS):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6
