"""Migration 0005 on a database that is in use: the rows before stay, those of sources can go."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, text

from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.models import UploadState
from ffremote.files.storage import Storage
from ffremote.jobs import queue, store
from ffremote.states import JobState
from tests.db.test_inputs_migration import migrations, overview, settings, url
from tests.support.builders import (
    HOLDER,
    WORKER,
    queue_for,
    queue_job,
    register_worker,
)

__all__ = ["settings", "url"]


def triggers(engine: Engine) -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master"
        " WHERE type IN ('trigger', 'index') AND tbl_name = 'jobs'",
        "postgresql": "SELECT indexname FROM pg_indexes WHERE tablename = 'jobs'"
        " UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return set(connection.execute(text(query)).scalars())


def totals(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT state, total FROM job_totals WHERE total > 0"))
        return {row.state: row.total for row in rows}


def test_rows_labels_and_triggers_of_the_version_before_stay(settings: Settings) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            job = queue_job(session, storage, labels=(("film", "42"),))
        downgrade(revision="0004")
        before, counted = triggers(engine), totals(engine)
        with engine.connect() as connection:
            shown = overview(connection)

        upgrade()

        after = triggers(engine)
        assert totals(engine) == counted
        with engine.connect() as connection:
            assert overview(connection) == shown
            labels = connection.execute(text("SELECT job_id, name FROM job_labels")).all()
        with database.session_maker(engine)() as session:
            register_worker(session, worker_id=WORKER)
            of_sources = queue_for(session, storage)
            able = queue.claimable_needs(session)
            claim = queue.claim_next(session, worker_id=WORKER, holder=HOLDER, needs=able)
    assert before <= after  # later migrations add tables
    assert [tuple(row) for row in labels] == [(job.id, "film")]
    assert claim and (claim.job_id, claim.upload_ids) == (job.id, (job.upload_id,))
    assert of_sources.upload_id is None


def test_a_downgrade_ends_jobs_of_sources_and_keeps_their_rows(settings: Settings) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            waiting, one = queue_for(session, storage), queue_job(session, storage)
        downgrade(revision="0004")
        with engine.connect() as connection:
            shown = {row["id"]: row["inputs"] for row in overview(connection)}
        with pytest.raises(Exception, match=r"upload_id|NULL|null"), engine.begin() as connection:
            connection.execute(text("UPDATE jobs SET upload_id = NULL"))
        upgrade()
        with database.session_maker(engine)() as session:
            ended, kept = store.find(session, waiting.id), store.find(session, one.id)
            stand_in = store.find_upload(session, str(ended.upload_id))

    assert shown == {waiting.id: 1, one.id: 1}
    assert (ended.state, kept.state) == (JobState.FAILED, JobState.QUEUED)
    assert ended.error_message == (
        "The server was changed to a version that takes an input for each job."
    )
    assert (stand_in.state, stand_in.bytes_expected) == (UploadState.REMOVED, 0)
