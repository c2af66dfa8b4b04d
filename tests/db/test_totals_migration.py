"""Migration 0007, and all of them on a database of version 0.1.0 that is in use."""

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.storage import Storage
from ffremote.jobs import queue, store, totals
from ffremote.states import JobState
from tests.db.test_inputs_migration import migrations, settings, url
from tests.db.test_sources_migration import totals as job_totals
from tests.support.builders import HOLDER, WORKER, queue_job, register_worker

__all__ = ["settings", "url"]
ID = "00000000-0000-4000-8000-00000000000{}"
NOW = "2026-01-01T00:00:00.000000Z"
UPLOAD = "INSERT INTO uploads (id, state, bytes_received, created_at, expires_at) VALUES "
JOB = """
    INSERT INTO jobs (id, state, phase, progress_percent, priority, rank, output_filename, spec,
        needs, upload_id, input_ready_at, output_estimate_bytes, created_at, finished_at, attempt,
        losses, heartbeats)
    VALUES (:id, :state, NULL, 0, 0, 1, 'a.mp4', '{}', '', :id, :now, 1, :now, :end, 0, 0, 0)
"""


def test_totals_are_the_same_before_and_after(settings: Settings) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade()
        with database.session_maker(engine)() as session:
            first, _ = queue_job(session, storage), queue_job(session, storage)
            store.request_cancel(session, first.id)
        downgrade(revision="0006")
        before = job_totals(engine)
        with engine.begin() as connection:
            connection.execute(text("UPDATE jobs SET state = 'queued', finished_at = NULL"))
        changed = job_totals(engine)

        upgrade()

        with database.session_maker(engine)() as session:
            queue_job(session, storage)
            after = {state: n for state, n in totals.by_state(session).items() if n}

    assert (before, changed) == ({"queued": 1, "canceled": 1}, {"queued": 2})
    assert after == {JobState.QUEUED: 3}


def test_a_database_of_version_0_1_0_goes_on(settings: Settings) -> None:
    storage = Storage(settings.data_dir)
    storage.prepare()
    with migrations(settings) as engine:
        upgrade(revision="0001")
        with engine.begin() as connection:
            for number, (state, end) in enumerate((("queued", None), ("failed", NOW))):
                values = {"id": ID.format(number), "now": NOW}
                connection.execute(text(UPLOAD + "(:id, 'complete', 1, :now, :now)"), values)
                connection.execute(text(JOB), values | {"state": state, "end": end})

        upgrade()

        with database.session_maker(engine)() as session:
            register_worker(session, worker_id=WORKER)
            claim = queue.claim_next(
                session, worker_id=WORKER, holder=HOLDER, needs=frozenset({""})
            )
            counted = {state: n for state, n in totals.by_state(session).items() if n}

    assert claim and claim.upload_ids == (ID.format(0),)
    assert counted == {JobState.RUNNING: 1, JobState.FAILED: 1}
