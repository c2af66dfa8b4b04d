"""Migration 0003 on a database that is in use: rows of the version before stay valid."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Engine, inspect, text

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.storage import Storage
from ffremote.jobs import queue, store
from ffremote.states import JobState
from tests.support.builders import (
    HOLDER,
    WORKER,
    arriving_upload,
    queue_for,
    queue_job,
    register_worker,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database; an empty one is the SQLite file of the data directory."""
    if request.param == "sqlite":
        yield ""
        return
    cluster = request.getfixturevalue("cluster")
    found = cluster.empty()
    yield found
    cluster.discard(found)


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """Settings of an empty data directory."""
    return Settings(data_dir=tmp_path / "data", database_url=url, min_free_bytes=0)


@contextlib.contextmanager
def migrations(settings: Settings) -> Iterator[Engine]:
    app = create_app(settings)
    with app.app_context():
        engine: Engine = app.extensions["sqlalchemy"].engine
        yield engine
        engine.dispose()


def overview(connection: Connection) -> list[dict[str, object]]:
    rows = connection.execute(text("SELECT * FROM job_overview ORDER BY created_at"))
    return [dict(row) for row in rows.mappings()]


def test_rows_of_the_version_before_stay_valid(settings: Settings) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            job = queue_job(session, storage)
        downgrade(revision="0002")
        with engine.connect() as connection:
            before = overview(connection)

        upgrade()

        with engine.connect() as connection:
            after = overview(connection)
        with database.session_maker(engine)() as session:
            register_worker(session, worker_id=WORKER)
            claim = queue.claim_next(
                session, worker_id=WORKER, holder=HOLDER, needs=frozenset({""})
            )
    assert [row | {"inputs": 1} for row in before] == after
    assert claim and (claim.job_id, claim.upload_ids) == (job.id, (job.upload_id,))


def test_a_downgrade_ends_the_jobs_that_the_version_before_cannot_run(settings: Settings) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            several = queue_for(
                session, storage, *(arriving_upload(session, storage) for _ in range(2))
            )
            one = queue_job(session, storage)
            with engine.connect() as connection:
                [first, second] = overview(connection)
        downgrade(revision="0002")
        tables = inspect(engine).get_table_names()
        upgrade()
        with database.session_maker(engine)() as session:
            ended, kept = store.find(session, several.id), store.find(session, one.id)

    assert (first["inputs"], second["inputs"]) == (2, 1)
    assert "job_inputs" not in tables
    assert (ended.state, kept.state) == (JobState.FAILED, JobState.QUEUED)
    assert ended.error_message == (
        "The server was changed to a version that takes one input for each job."
    )
    assert ended.finished_at is not None


@pytest.mark.parametrize("position", [0, 16])
def test_the_position_of_an_input_is_bounded(settings: Settings, position: int) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            job = queue_job(session, storage)
        with pytest.raises(Exception, match="position_in_range"), engine.begin() as connection:
            connection.execute(
                text("INSERT INTO job_inputs VALUES (:job, :position, :upload)"),
                {"job": job.id, "position": position, "upload": job.upload_id},
            )
