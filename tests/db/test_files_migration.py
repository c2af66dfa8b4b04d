"""Migration 0004 on a database that is in use: rows of the version before stay valid."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.storage import Storage
from ffremote.jobs import job_files, store
from ffremote.states import JobState
from tests.db.test_inputs_migration import migrations, settings, url
from tests.support.builders import queue_job
from tests.support.packages import complete_package
from tests.support.worker_steps import complete

__all__ = ["settings", "url"]  # fixtures: SQLite, and PostgreSQL where it is installed


def test_a_result_of_the_version_before_stays_one_file(settings: Settings) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            job = queue_job(session, storage)
            complete(session, storage)

        downgrade(revision="0003")
        upgrade()

        with database.session_maker(engine)() as session:
            kept = store.find(session, job.id)
            assert (kept.state, job_files.count(session, job.id)) == (JobState.COMPLETED, 0)


def test_a_downgrade_expires_the_results_that_the_version_before_cannot_send(
    settings: Settings,
) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            several = queue_job(session, storage)
            complete_package(session, storage)
            one = queue_job(session, storage)
            complete(session, storage)

        downgrade(revision="0003")

        assert "job_files" not in inspect(engine).get_table_names()
        query = text("SELECT id FROM jobs WHERE expired_at IS NOT NULL ORDER BY id")
        with engine.connect() as connection:
            expired = connection.scalars(query).all()
        assert expired == [several.id]
        assert one.id not in expired


@pytest.mark.parametrize("position", [-1, 20_000])
def test_the_position_of_a_file_is_bounded(settings: Settings, position: int) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            job = queue_job(session, storage)
        with pytest.raises(Exception, match="position_in_range"), engine.begin() as connection:
            connection.execute(
                text("INSERT INTO job_files VALUES (:job, :position, 'a', 1, '', 0, '', NULL)"),
                {"job": job.id, "position": position},
            )
