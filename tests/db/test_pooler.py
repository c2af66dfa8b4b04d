"""PgBouncer before PostgreSQL: a session each is supported, a transaction each is refused."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database, startup
from ffremote.errors import DatabaseUnusable
from ffremote.files.storage import Storage
from ffremote.jobs import claims, store
from ffremote.ledger.values import ProgressUpdate, Result
from ffremote.states import JobState, Phase
from tests.support import postgresql
from tests.support.both_databases import BOTH, database_url, template
from tests.support.builders import WORKER, claim_job, queue_job, register_worker
from tests.support.waiting import wait_for

__all__ = ["database_url", "template"]
PROGRAM = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
CONFIGURATION = """
[databases]
* = host={home} user=ffremote
[pgbouncer]
listen_addr =
unix_socket_dir = {folder}
auth_type = any
pool_mode = {mode}
logfile = {folder}/log
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no PgBouncer (Debian: apt install pgbouncer)"),
    pytest.mark.parametrize("template", BOTH[1:], indirect=True),
]


@contextmanager
def pooled(settings: Settings, mode: str) -> Iterator[Settings]:
    """Run a PgBouncer in this mode; yield the settings that name it."""
    url, _, home = settings.database_url.partition("?host=")
    with tempfile.TemporaryDirectory(prefix="ffremote-pgb-", dir="/tmp") as folder:
        Path(folder, "ini").write_text(CONFIGURATION.format(home=home, folder=folder, mode=mode))
        if (user := postgresql.owner()) is not None:
            os.chown(folder, user, -1)
        argv = [str(PROGRAM), "--quiet", f"{folder}/ini"]
        with subprocess.Popen(argv, user=user, cwd="/") as process:
            try:
                wait_for(Path(folder, ".s.PGSQL.6432").exists)
                pooler = f"{url}?host={folder}&port=6432"
                yield settings.model_copy(update={"database_url": pooler})
            finally:
                process.terminate()


def run_a_job(session: Session, storage: Storage) -> JobState:
    """Run the statements of a job often enough for prepared ones."""
    job = queue_job(session, storage)
    claim = claim_job(session)
    for percent in range(20):
        assert claims.report(session, claim, ProgressUpdate(Phase.TRANSCODING, percent))
    assert claims.complete(session, claim, Result(1, "ab", {}))
    return store.find(session, job.id).state


def test_a_pooler_that_keeps_sessions_is_supported(settings: Settings, storage: Storage) -> None:
    with pooled(settings, "session") as through:
        engine = database.open_engine(through.registry_url)
        startup.require_database(engine)
        with database.session_maker(engine)() as session:
            register_worker(session, worker_id=WORKER)
            state = run_a_job(session, storage)
        engine.dispose()

    assert state is JobState.COMPLETED


def test_a_pooler_that_shares_connections_is_refused(settings: Settings) -> None:
    with pooled(settings, "transaction") as through:
        engine = database.open_engine(through.registry_url)
        with pytest.raises(DatabaseUnusable, match="pool_mode=session"):
            startup.require_database(engine)
        engine.dispose()


def test_postgresql_itself_shares_no_connections(settings: Settings) -> None:
    engine = database.open_engine(settings.registry_url)

    startup.require_database(engine)
    engine.dispose()
