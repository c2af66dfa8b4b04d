"""Claims against releases on PostgreSQL: `python -m tests.chaos.contention 60`.

Both change the totals of the same two states, in opposite directions.
"""

import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ffremote.api.app import create_app
from ffremote.clock import monotonic
from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.storage import Storage
from ffremote.jobs import claims, queue
from tests.support import postgresql
from tests.support.builders import HOLDER, WORKER, queue_job

THREADS = 4
JOBS = 50


def contend(data_dir: Path, url: str, *, seconds: float) -> Counter[str]:
    """Claim and release in 4 threads; count the `pairs`, and each database error by its name."""
    settings = Settings(data_dir=data_dir, database_url=url)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    engine = database.open_engine(settings.registry_url)
    with database.session_maker(engine)() as session:
        for _ in range(JOBS):
            queue_job(session, Storage(data_dir))
    counted: Counter[str] = Counter()
    end = monotonic() + seconds
    threads = [threading.Thread(target=_work, args=(engine, end, counted)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    return counted


def _work(engine: Engine, end: float, counted: Counter[str]) -> None:
    with database.session_maker(engine)() as session:
        while monotonic() < end:
            try:
                claim = queue.claim_next(
                    session, worker_id=WORKER, holder=HOLDER, needs=frozenset({""})
                )
                if claim is not None and claims.release(session, claim, message="back"):
                    counted["pairs"] += 1
            except DBAPIError as exc:
                counted[type(exc.orig).__name__] += 1


def main() -> int:
    """Contend for the given seconds; the exit status is 1 after any error."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    with postgresql.running() as cluster, tempfile.TemporaryDirectory() as data:
        counted = contend(Path(data), cluster.url, seconds=seconds)
    print(", ".join(f"{name} {n}" for name, n in counted.most_common()))
    return 0 if set(counted) == {"pairs"} else 1


if __name__ == "__main__":
    sys.exit(main())
