"""`flask db copy`: from SQLite to a real PostgreSQL."""

import hashlib
import signal
import subprocess
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db import copying, database, schema
from ffremote.db.job_file import JobFile
from ffremote.db.models import Job, JobLabel, Upload, UploadState
from ffremote.errors import DatabaseNotReady
from ffremote.files.publication import PublishedFile
from ffremote.files.storage import Storage
from ffremote.jobs import claims, store, totals, workers
from ffremote.states import JobState
from tests.support.builders import (
    WORKER,
    arriving_upload,
    claim_job,
    finish_job,
    queue_for,
    queue_job,
    register_worker,
)
from tests.support.databases import PostgresqlTemplate
from tests.support.service import BIN, Service
from tests.support.waiting import wait_for

pytestmark = pytest.mark.slow
FILES = tuple(PublishedFile(n, 3, "ab", 1, "video/mp4", 1.5) for n in ("a.mp4", "é.mp4"))


@pytest.fixture
def empty(cluster: PostgresqlTemplate) -> Iterator[str]:
    """The URL of an empty database."""
    url = cluster.empty()
    yield url
    cluster.discard(url)


@pytest.fixture
def target(empty: str) -> Iterator[Engine]:
    """The target, opened as the programs open it."""
    opened = database.open_engine(empty)
    yield opened
    opened.dispose()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app on SQLite."""
    made = create_app(settings)
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


def copy(app: Flask, url: str) -> Result:
    """Run `flask db copy URL`."""
    return app.test_cli_runner().invoke(args=["db", "copy", url])


def rows(engine: Engine) -> dict[str, list[Any]]:
    """Return all rows of all tables that are copied, and the totals."""
    with engine.connect() as connection:
        found = {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in copying.copied_tables()
        }
    with database.session_maker(engine)() as session:
        found["totals"] = sorted(f"{state} {n}" for state, n in totals.by_state(session).items())
    return found


def fill(session: Session, storage: Storage) -> None:
    """Make jobs of every kind."""
    register_worker(session, worker_id=WORKER)
    workers.set_state(session, WORKER, workers.WorkerState.GONE)
    finish_job(session, storage, ago=timedelta(hours=3))
    queue_job(session, storage, inputs=2, labels=(("film", "42"), ("größe", "ü")))
    claim = claim_job(session)
    report = claims.ProgressUpdate("transcoding", 7, progress={"fps": 1.5, "text": "a\0b"})
    assert claims.report(session, claim, report)
    done = claims.Result(3, None, {"streams": [None, True, "é"]}, files=FILES)
    assert claims.complete(session, claim, done)
    queue_job(session, storage, idempotency_key="k")
    queue_for(session, storage, arriving_upload(session, storage))


def many_jobs(session: Session, count: int) -> None:
    """Insert canceled jobs."""
    now = utc_now()
    upload = {"id": "u", "state": UploadState.REMOVED, "bytes_received": 0}
    job = {"state": JobState.CANCELED, "progress_percent": 0, "priority": 0, "rank": 1, "needs": ""}
    job |= {"output_filename": "a", "spec": "{}", "upload_id": "u", "output_estimate_bytes": 0}
    job |= {"attempt": 0, "losses": 0, "heartbeats": 0, "created_at": now, "finished_at": now}
    with database.writing(session):
        session.execute(insert(Upload), [upload | {"created_at": now, "expires_at": now}])
        session.execute(insert(Job), [job | {"id": str(uuid.uuid4())} for _ in range(count)])


def count(engine: Engine, model: type[Any]) -> int:
    """Return the number of rows of a table; 0 before there is one."""
    with engine.connect() as connection:
        try:
            return connection.scalar(select(func.count()).select_from(model)) or 0
        except database.DBAPIError:
            return 0


def test_all_rows_arrive_and_the_source_is_not_changed(
    app: Flask, engine: Engine, session: Session, storage: Storage, empty: str, target: Engine
) -> None:
    fill(session, storage)
    before, expected = content_of(storage), rows(engine)

    done = copy(app, empty)

    assert done.exit_code == 0, done.output
    assert "jobs: 4 rows are the same" in done.stderr
    assert done.stdout.startswith("copied and compared: ")
    assert rows(target) == expected
    assert content_of(storage) == before
    schema.require_schema(target)


def content_of(storage: Storage) -> dict[str, str]:
    """Return the sha256 of the files of the SQLite database."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in storage.root.glob("ffremote.db*")
        if not path.name.endswith("-shm")  # locks and an index, which readers write, too
    }


def test_jobs_go_on_in_the_copy(
    app: Flask, session: Session, storage: Storage, empty: str, target: Engine
) -> None:
    waiting = queue_job(session, storage)

    copied = copy(app, empty)
    with database.session_maker(target)() as there:
        claim = claim_job(there)
        ended = claims.complete(there, claim, claims.Result(6, "ef", {}))
        counted = {state: n for state, n in totals.by_state(there).items() if n}

    assert copied.exit_code == 0, copied.output
    assert (claim.job_id, ended, counted) == (waiting.id, True, {JobState.COMPLETED: 1})
    assert store.find(session, waiting.id).state is JobState.QUEUED


def test_a_nul_in_a_name_becomes_a_replacement_character(
    app: Flask, session: Session, storage: Storage, empty: str, target: Engine
) -> None:
    job = queue_job(session, storage)
    with database.writing(session):
        session.execute(update(Upload).values(filename="a\0b.mp4"))

    done = copy(app, empty)

    assert done.exit_code == 0, done.output
    with target.connect() as connection:
        assert connection.scalar(select(Upload.filename)) == "a\ufffdb.mp4"
    assert store.find(session, job.id)


def test_live_programs_and_wrong_targets_are_refused(
    app: Flask, session: Session, settings: Settings, empty: str
) -> None:
    on_postgresql = create_app(settings.model_copy(update={"database_url": empty}))
    refused = [
        copy(app, "sqlite:////tmp/x.db"),
        copy(app, "nonsense"),
        copy(app, "postgresql://ffremote@127.0.0.1:1/ffremote"),
        copy(on_postgresql, empty),
    ]
    with on_postgresql.app_context():
        on_postgresql.extensions["sqlalchemy"].engine.dispose()
    register_worker(session)
    refused.append(copy(app, empty))

    assert [each.exit_code for each in refused] == [1] * 5
    for each, words in zip(
        refused,
        (
            "rows are copied to PostgreSQL only",
            "write postgresql://",
            "The database server cannot be reached",
            "not migrated yet",
            "1 workers and 0 servers are running; stop them, then copy",
        ),
        strict=True,
    ):
        assert words in each.stderr, each.output


def test_a_target_with_rows_is_refused(
    app: Flask, session: Session, storage: Storage, empty: str, target: Engine
) -> None:
    queue_job(session, storage)
    first = copy(app, empty)

    second = copy(app, empty)

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "the target has rows in uploads already; name an empty database" in second.stderr
    assert count(target, Job) == 1


def test_a_copy_that_stopped_goes_on_behind_the_last_row(
    app: Flask,
    engine: Engine,
    session: Session,
    settings: Settings,
    empty: str,
    target: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many_jobs(session, 7)
    assert copy(app, empty).exit_code == 0
    with target.begin() as write:
        write.execute(text("UPDATE alembic_version SET version_num = 'copying'"))
        write.execute(
            delete(Job).where(Job.id.in_(select(Job.id).order_by(Job.id.desc()).limit(5)))
        )
    monkeypatch.setattr(copying, "BATCH", 2)

    done = copy(app, empty)

    assert done.exit_code == 0, done.output
    assert "jobs: 4 of 7 rows\njobs: 6 of 7 rows\njobs: 7 of 7 rows\n" in done.stderr
    assert rows(target) == rows(engine)


@pytest.mark.wide
def test_a_copy_that_was_killed_goes_on_and_nobody_uses_half_of_it(
    app: Flask,
    engine: Engine,
    session: Session,
    child_environ: dict[str, str],
    tmp_path: Path,
    empty: str,
    target: Engine,
) -> None:
    many_jobs(session, 6000)
    program = Service(child_environ, tmp_path / "copy.log")
    killed = program.start("flask", "--app", "ffremote", "db", "copy", empty)
    wait_for(lambda: count(target, Job))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    half = count(target, Job)
    with pytest.raises(DatabaseNotReady, match="db copy again"):
        schema.require_schema(target)
    migrated = subprocess.run(
        [BIN / "flask", "--app", "ffremote", "db", "upgrade"],
        env=child_environ | {"FFREMOTE_DATABASE_URL": empty},
        capture_output=True,
        text=True,
        check=False,
    )

    done = copy(app, empty)

    assert 0 < half < 6000
    assert migrated.returncode != 0
    assert "db copy" in migrated.stderr
    assert done.exit_code == 0, done.output
    assert rows(target) == rows(engine)


def test_a_copy_that_goes_on_after_the_source_was_used_is_refused(
    app: Flask, session: Session, storage: Storage, empty: str, target: Engine
) -> None:
    job = queue_job(session, storage, labels=(("a", "b"),))
    assert copy(app, empty).exit_code == 0
    with target.begin() as write:
        write.execute(text("UPDATE alembic_version SET version_num = 'copying'"))
    store.request_cancel(session, job.id)

    again = copy(app, empty)

    assert again.exit_code == 1
    assert "jobs differs: 1 rows in the source, 1 in the target, with other values" in again.stderr
    with pytest.raises(DatabaseNotReady):
        schema.require_schema(target)
    assert count(target, JobLabel) == 1
    assert count(target, JobFile) == 0
