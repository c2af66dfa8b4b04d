"""Which schemas a program uses, and what it says about the others."""

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database, schema
from ffremote.db.models import Job
from ffremote.errors import DatabaseNotReady
from ffremote.files.storage import Storage
from ffremote.jobs import claims, retention, store, totals
from ffremote.states import FailureReason, JobState, Phase
from ffremote.version import __version__
from tests.db.test_inputs_migration import migrations, url
from tests.db.test_inputs_migration import settings as empty_settings
from tests.support.builders import claim_job, queue_job, register_worker, start_attempt

__all__ = ["empty_settings", "url"]


def set_schema(session: Session, version: str, oldest_program: str | None) -> None:
    """Make the database look like that of another version."""
    with database.writing(session):
        session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        if oldest_program is None:
            session.execute(text("DROP TABLE schema_info"))
        else:
            session.execute(
                text("UPDATE schema_info SET oldest_program = :v"), {"v": oldest_program}
            )


@pytest.mark.parametrize("oldest_program", ["0.1.0", "0.2.0", "0.2.0.dev7"])
def test_a_newer_schema_that_admits_this_program_is_used(
    engine: Engine, session: Session, oldest_program: str
) -> None:
    set_schema(session, "9999", oldest_program)

    schema.require_schema(engine)

    assert schema.schema_version(engine) == "9999"


def test_a_newer_schema_for_newer_programs_is_refused_with_their_version(
    engine: Engine, session: Session
) -> None:
    set_schema(session, "9999", "7.10.0")

    with pytest.raises(DatabaseNotReady) as refused:
        schema.require_schema(engine)

    assert str(refused.value) == (
        "The database is at migration 9999, which needs ffremote 7.10.0 or newer, newer than this "
        f"program's {schema.HEAD}; this is ffremote {__version__}: upgrade the program"
    )


def test_a_newer_schema_that_says_nothing_is_refused(engine: Engine, session: Session) -> None:
    set_schema(session, "9999", None)

    with pytest.raises(DatabaseNotReady, match="upgrade the program"):
        schema.require_schema(engine)


def test_an_older_schema_than_the_oldest_usable_is_refused_with_the_command(
    engine: Engine, session: Session
) -> None:
    set_schema(session, "0001", "0.2.0")

    with pytest.raises(DatabaseNotReady) as refused:
        schema.require_schema(engine)

    assert str(refused.value) == (
        f"The database is at migration 0001, this program needs {schema.OLDEST} or newer; "
        "run: flask --app ffremote db upgrade"
    )


def test_the_life_of_a_job_works_on_the_oldest_usable_schema(empty_settings: Settings) -> None:
    storage = Storage(empty_settings.data_dir)
    storage.prepare()
    with migrations(empty_settings) as engine:
        upgrade()
        downgrade(revision=schema.OLDEST)
        schema.require_schema(engine)
        with database.session_maker(engine)() as session:
            register_worker(session)
            job = queue_job(session, storage, labels=(("film", "42"),), inputs=2)
            claim = claim_job(session)
            (start_attempt(storage, claim) / "out.mp4").write_bytes(b"result")
            assert claims.complete(session, claim, claims.Result(6, "ef", {}))
            retention.remove_result(session, storage, job.id)

            found = store.find(session, job.id)
            counted = {state: n for state, n in totals.by_state(session).items() if n}

    assert (found.state, counted) == (JobState.COMPLETED, {JobState.COMPLETED: 1})


def test_phases_and_reasons_of_a_newer_version_load_as_text(
    session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage)
    known = store.find(session, job.id).phase
    with database.writing(session):
        session.execute(update(Job).values(phase="of_tomorrow", error_reason="of_tomorrow"))

    found = store.find(session, job.id)

    assert known is Phase.QUEUED
    assert (found.phase, found.error_reason) == ("of_tomorrow", "of_tomorrow")
    assert "of_tomorrow" not in list(FailureReason)
