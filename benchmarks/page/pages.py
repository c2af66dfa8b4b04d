"""What open pages cost: 200 of them on a server with 1,000 jobs that run, and 100,000 that ended.

The jobs that run are rows for which a process reports once a second, as their workers would: so
only the server is measured, and no FFmpeg runs.
"""

import statistics
import sys
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text

from benchmarks.idle import family
from benchmarks.page import first_paint
from benchmarks.page.watchers import Watchers, open_pages, reporting
from benchmarks.parts import history
from benchmarks.transfers.flat import server_of
from ffremote.db import database
from tools import private_service
from tools.private_service import Service

PAGES, RUNNING, FINISHED = 200, 1000, 100_000
SECONDS, ROUNDS = 20.0, 20
RUN = """
    UPDATE jobs SET state = 'running', claim_token = replace(id, '-', ''), phase = 'transcoding',
        started_at = '2026-01-01T00:00:00.000000Z' WHERE state = 'queued'
"""
REPORT = """
    UPDATE jobs SET heartbeats = heartbeats + 1, progress_percent = :count % 100,
        progress = json_object('fps', 25.5, 'speed', :count, 'eta_seconds', 60, 'frame', :count)
    WHERE state = 'running'
"""
LISTS = {
    "the newest 50 jobs": "/api/v1/jobs",
    "the newest 50 completed": "/api/v1/jobs?state=completed",
    "a name that no job has": "/api/v1/jobs?name=nowhere",
    "a day": "/api/v1/jobs?created_after=2023-11-15T00:00:00Z&created_before=2023-11-16T00:00:00Z",
}


def measure(scratch: Path) -> None:
    """Print what pages cost the server, how soon they see a change, and how long lists take."""
    if sys.platform != "linux":
        print("  measured on Linux only")
        return
    home = scratch / "pages"
    history.build(home / "data", finished=FINISHED)
    with private_service.running_without_worker(home) as service:
        for what, figures in first_paint.measure(service.url):
            _print(what, figures)
        for name, path in LISTS.items():
            times = [_milliseconds(service, path) for _ in range(ROUNDS)]
            _print(f"{name}, of {FINISHED}", f"{statistics.median(times):.1f} ms")
        history.queue(home / "data", RUNNING)
        _execute(home / "data", RUN)
        with reporting(home / "data", REPORT):
            _print(f"no page, {RUNNING} jobs run", f"{_share(service):.1f} % of a core")
            parts = urlsplit(service.url)
            with open_pages((parts.hostname or "", parts.port or 0), PAGES) as pages:
                _print_load(service, pages)
                _print_sight(home / "data", pages)


def _print_load(service: Service, pages: Watchers) -> None:
    times: list[float] = []
    before, received = _cpu(service), pages.received.value
    end = time.monotonic() + SECONDS
    data_dir = Path(service.environ["FFREMOTE_DATA_DIR"])
    with history.opened(data_dir) as session, database.reading(session):
        job_id = session.scalar(text("SELECT id FROM jobs WHERE state = 'running' LIMIT 1"))
    while time.monotonic() < end:
        times.append(_milliseconds(service, f"/api/v1/jobs/{job_id}/status"))
        time.sleep(0.1)
    share = 100 * (_cpu(service) - before) / SECONDS
    rate = (pages.received.value - received) / PAGES / SECONDS / 1000
    _print(f"{PAGES} pages, {RUNNING} jobs run", f"{share:.1f} % of a core")
    _print("bytes to each page", f"{rate:.1f} kB/s")
    quantiles = statistics.quantiles(times, n=100)
    _print("status of a job", f"{quantiles[49]:.1f} ms (p50), {quantiles[98]:.1f} ms (p99)")


def _print_sight(data_dir: Path, pages: Watchers) -> None:
    cancel = (
        "UPDATE jobs SET state = 'canceled', claim_token = NULL, phase = NULL,"
        " finished_at = '2026-01-01T00:00:00.000000Z' WHERE id = :id"
    )
    with history.opened(data_dir) as session, database.reading(session):
        query = text("SELECT id FROM jobs WHERE state = 'running' LIMIT :most")
        job_ids = session.scalars(query, {"most": ROUNDS}).all()
    times = [
        pages.seconds_to(job_id, partial(_execute, data_dir, cancel, id=job_id))
        for job_id in job_ids
    ]
    _print("a change is told, median", f"{statistics.median(times):.2f} s")
    _print("a change is told, at most", f"{max(times):.2f} s")


def _share(service: Service) -> float:
    """Return the server's share of a core over some seconds, in percent."""
    before = _cpu(service)
    time.sleep(SECONDS)
    return 100 * (_cpu(service) - before) / SECONDS


def _cpu(service: Service) -> float:
    pid = server_of(service)
    return next(each.cpu_seconds for each in family(service.process.pid) if each.pid == pid)


def _milliseconds(service: Service, path: str) -> float:
    begun = time.monotonic()
    service.get(path)
    return 1000 * (time.monotonic() - begun)


def _execute(data_dir: Path, statement: str, **values: object) -> None:
    with history.opened(data_dir) as session, database.writing(session):
        session.execute(text(statement), values)


def _print(what: str, found: str) -> None:
    print(f"  {what:36} {found}", flush=True)
