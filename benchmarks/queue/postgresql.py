"""The queue on PostgreSQL: claims beside procrastinate's on the same cluster, in turns."""

import asyncio
import statistics
import tempfile
import time
import uuid
from functools import partial
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import psycopg
from flask_migrate import upgrade
from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Status

from benchmarks.parts.racing import RACERS, race
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database
from ffremote.jobs import claims, queries
from ffremote.jobs.queue import claim_next
from ffremote.ledger.values import Result
from tests.support import postgresql

RESULT = Result(1, "ab" * 32, {"duration": 1.0})
UPLOAD = "33333333-3333-4333-8333-333333333333"
UPLOADS = """
    INSERT INTO uploads (id, state, bytes_received, created_at, expires_at)
    VALUES (%(upload)s, 'complete', 1, now(), now())
"""
JOBS = """
    INSERT INTO jobs (id, state, phase, progress_percent, priority, rank, output_filename, spec,
        needs, upload_id, input_ready_at, output_estimate_bytes, created_at, finished_at, attempt,
        losses, heartbeats, result_bytes, result_facts, command)
    SELECT %(prefix)s || '-' || lpad(to_hex(i %% 65536), 4, '0') || '-4000-8000-'
        || lpad(to_hex(i), 12, '0'), %(state)s::text,
        CASE %(state)s::text WHEN 'queued' THEN 'queued' END,
        CASE %(state)s::text WHEN 'queued' THEN 0 ELSE 100 END, 0, i, 'out.mp4',
        '{"output_filename": "out.mp4", "video": {"codec": "libx264"}}', '', %(upload)s, now(),
        1000000, timestamptz '2023-11-14Z' + i * interval '1 s',
        CASE %(state)s::text WHEN 'queued' THEN NULL ELSE now() END, 0, 0, 0, 1000,
        '{"duration": 60.0}', 'ffmpeg -i file:input -c:v libx264 -crf 23 file:a/out.mp4'
    FROM generate_series(1, %(jobs)s) AS i
"""
FOLDED = """
    DELETE FROM job_changes;
    UPDATE job_totals SET total = (SELECT count(*) FROM jobs WHERE jobs.state = job_totals.state)
"""
RIVALS = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, status, args, attempts)
    SELECT 'q', 't', %(state)s::procrastinate_job_status, '{"a": 1}', 1
    FROM generate_series(1, %(jobs)s)
"""


def measure(scratch: Path, *, finished: int, seconds: float, passes: int) -> None:
    """Print claims a second of four processes, for this queue and procrastinate's in turns."""
    if reason := postgresql.missing():
        print(f"  PostgreSQL is left out: {reason}")
        return
    with postgresql.running(fsync=True) as cluster:
        ours, theirs = (cluster.url.replace("/postgres?", f"/{name}?") for name in ("a", "b"))
        run(cluster.url, "CREATE DATABASE a")
        run(cluster.url, "CREATE DATABASE b")
        _build(ours, Path(tempfile.mkdtemp(dir=scratch)), finished)
        _build_rival(theirs, finished)
        contests = {
            "claim": partial(_ours, ours, seconds, finish=False),
            "procrastinate fetch": partial(_theirs, theirs, seconds, finish=False),
            "claim + finish": partial(_ours, ours, seconds, finish=True),
            "procrastinate fetch + finish": partial(_theirs, theirs, seconds, finish=True),
        }
        rates: dict[str, list[float]] = {name: [] for name in contests}
        for _ in range(passes):
            for name, contest in contests.items():
                rates[name].append(contest())
    _print(rates, finished)


def _print(rates: dict[str, list[float]], finished: int) -> None:
    medians = {name: statistics.median(each) for name, each in rates.items()}
    print(f"  PostgreSQL, {finished:,} finished rows, synced to the disk")
    for name, each in rates.items():
        every = ", ".join(f"{rate:.0f}" for rate in each)
        print(f"  {name:28} {medians[name]:6.0f}/s, {RACERS} processes ({every})")
    claim, fetch, claim_finish, fetch_finish = medians.values()
    print(
        f"  ours / procrastinate: claim {claim / fetch:.2f}, "
        f"with the end {claim_finish / fetch_finish:.2f}",
        flush=True,
    )


def run(url: str, statement: str, **values: object) -> None:
    """Run one statement outside of a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode(), values or None)


def _build(url: str, data_dir: Path, finished: int) -> None:
    app = create_app(Settings(data_dir=data_dir, database_url=url))
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    run(url, UPLOADS, upload=UPLOAD)
    run(url, JOBS, upload=UPLOAD, prefix="00000000", state="completed", jobs=finished)
    run(url, FOLDED)
    run(url, "VACUUM ANALYZE")


def _build_rival(url: str, finished: int) -> None:
    async def apply() -> None:
        async with _app(url).open_async() as app:
            await app.schema_manager.apply_schema_async()

    asyncio.run(apply())
    run(url, "ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER")
    run(url, RIVALS, state="succeeded", jobs=finished)
    run(url, "ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER")
    run(url, "VACUUM ANALYZE")


def _ours(url: str, seconds: float, *, finish: bool) -> float:
    jobs = int(4000 * seconds) + 500
    prefix = uuid.uuid4().hex[:8].replace("0", "a")
    run(url, JOBS, upload=UPLOAD, prefix=prefix, state="queued", jobs=jobs)
    run(url, FOLDED)
    rate = race(_claim_for, (url, seconds, finish))
    run(url, "DELETE FROM jobs WHERE finished_at IS NULL")
    run(url, FOLDED)
    run(url, "VACUUM jobs, job_changes")
    return rate


def _theirs(url: str, seconds: float, *, finish: bool) -> float:
    run(url, "ALTER TABLE procrastinate_jobs DISABLE TRIGGER USER")
    run(url, RIVALS, state="todo", jobs=int(4000 * seconds) + 500)
    run(url, "ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER")
    rate = race(_fetch_for, (url, seconds, finish))
    run(url, "DELETE FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    run(url, "VACUUM procrastinate_jobs")
    return rate


def _claim_for(
    url: str, seconds: float, finish: bool, start: Barrier, results: "SimpleQueue[float]"
) -> None:
    engine = database.open_engine(url)
    with database.session_maker(engine)() as session:
        queries.count_queued(session)
        start.wait()
        began, done = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            claim = claim_next(session, worker_id="w", holder="h", needs=frozenset({""}))
            if claim is None:
                break  # what was done so far counts
            if finish:
                claims.complete(session, claim, RESULT)
            done += 1
        results.put(done / (time.monotonic() - began))
    engine.dispose()


def _fetch_for(
    url: str, seconds: float, finish: bool, start: Barrier, results: "SimpleQueue[float]"
) -> None:
    asyncio.run(_fetch(url, seconds, finish, start, results))


async def _fetch(
    url: str, seconds: float, finish: bool, start: Barrier, results: "SimpleQueue[float]"
) -> None:
    async with _app(url).open_async() as app:
        manager = app.job_manager
        worker = await manager.register_worker()
        start.wait()
        began, done = time.monotonic(), 0
        while time.monotonic() - began < seconds:
            job = await manager.fetch_job(queues=None, worker_id=worker)
            if job is None:
                break
            if finish:
                await manager.finish_job(job, Status.SUCCEEDED, delete_job=False)
            done += 1
        results.put(done / (time.monotonic() - began))


def _app(url: str) -> App:
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=1))


def main() -> None:
    """Run this benchmark alone."""
    with tempfile.TemporaryDirectory(prefix="ffremote-bench-") as scratch:
        measure(Path(scratch), finished=100_000, seconds=2, passes=3)


if __name__ == "__main__":
    main()
