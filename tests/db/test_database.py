"""SQLite: the pragmas of connections and the locking of transactions."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Engine, Table, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database, schema, sqlite
from ffremote.db.models import JobTotal
from ffremote.db.outages import outage_of
from ffremote.db.types import QUEUED
from ffremote.errors import DatabaseNotReady


def pragma(session: Session, name: str) -> object:
    return session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()


@pytest.mark.slow
def test_connections_have_their_pragmas(session: Session) -> None:
    with database.writing(session):
        found = {
            name: pragma(session, name)
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }

    full = 2
    assert found == {
        "journal_mode": sqlite.journal_mode().lower(),
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "synchronous": full,
    }


@pytest.mark.slow
def test_a_relaxed_transaction_does_not_wait_for_the_disk(session: Session) -> None:
    with database.writing(session, relaxed=True):
        relaxed = pragma(session, "synchronous")
    with database.writing(session):
        after = pragma(session, "synchronous")

    assert (relaxed, after) == (1, 2)


@pytest.mark.parametrize("relaxed", [True, False])
def test_a_statement_alone_waits_for_the_disk_unless_it_is_relaxed(
    session: Session, relaxed: bool
) -> None:
    with database.writing_alone(session, relaxed=relaxed):
        assert pragma(session, "synchronous") == (1 if relaxed else 2)


def test_a_statement_alone_holds_no_lock_after_it(engine: Engine) -> None:
    sessions = database.session_maker(engine)
    change = text("UPDATE job_totals SET total = total + 1 WHERE state = 'queued'")

    with sessions() as one, sessions() as other, database.writing_alone(one):
        one.execute(change)
        with database.writing_alone(other):
            other.execute(change)
        one.execute(change)

    with sessions() as session, database.reading(session):
        assert session.scalar(text("SELECT max(total) FROM job_totals")) == 3


def test_a_change_that_cannot_be_committed_is_an_error_and_no_success(
    session: Session, settings: Settings
) -> None:
    """Its row was returned before SQLite wrote it: the disk is full at the commit."""
    totals = cast(Table, JobTotal.__table__)
    change = update(totals).where(totals.c.state == QUEUED).values(total=9)
    with database.writing(session):
        session.execute(text("UPDATE job_totals SET total = 0"))
    log = settings.data_dir / "ffremote.db-wal"

    with full_files_of(log.stat().st_size), pytest.raises(DBAPIError) as caught:
        database.change_row(session, change.returning(totals.c.total), {})

    with database.reading(session):
        assert session.scalar(text("SELECT max(total) FROM job_totals")) == 0
    assert outage_of(caught.value) is not None
    assert database.change_row(session, change.returning(totals.c.total), {}) == 9


@contextmanager
def full_files_of(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    sessions = database.session_maker(engine)

    with sessions() as writer, sessions() as reader, database.writing(writer):
        writer.execute(text("UPDATE job_totals SET total = 5 WHERE state = 'queued'"))
        with database.reading(reader):
            seen = reader.scalar(text("SELECT total FROM job_totals WHERE state = 'queued'"))

    assert seen == 0


def test_writers_in_many_threads_take_turns(engine: Engine) -> None:
    def add_one_hundred_times() -> None:
        with database.session_maker(engine)() as session:
            for _ in range(100):
                with database.writing(session, relaxed=True):
                    seen = session.scalar(text("SELECT total FROM job_totals LIMIT 1"))
                    session.execute(text("UPDATE job_totals SET total = :n"), {"n": seen + 1})

    threads = [threading.Thread(target=add_one_hundred_times) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.session_maker(engine)() as session:
        assert session.scalar(text("SELECT total FROM job_totals LIMIT 1")) == 400


def test_a_failed_transaction_leaves_nothing(session: Session) -> None:
    with pytest.raises(RuntimeError), database.writing(session):
        session.execute(text("UPDATE job_totals SET total = 9"))
        raise RuntimeError

    with database.reading(session):
        assert session.scalar(text("SELECT max(total) FROM job_totals")) == 0


def test_an_unmigrated_database_is_refused_with_the_command_to_run(tmp_path: Path) -> None:
    engine = database.open_engine(Settings(data_dir=tmp_path).registry_url)

    with pytest.raises(DatabaseNotReady, match="flask --app ffremote db upgrade"):
        schema.require_schema(engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 46, 1), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), False),
        ((3, 53, 4), True),
    ],
)
def test_libraries_with_the_wal_reset_bug_are_known(version: tuple[int, ...], safe: bool) -> None:
    assert sqlite.is_wal_safe(version) is safe


def test_short_postgresql_urls_name_psycopg_3() -> None:
    assert database.normal_url("postgres://a@b/c") == "postgresql+psycopg://a@b/c"
    assert database.normal_url("postgresql://a@b/c") == "postgresql+psycopg://a@b/c"
    assert database.normal_url("postgresql+psycopg://a@b/c") == "postgresql+psycopg://a@b/c"
    assert database.normal_url("sqlite:///x") == "sqlite:///x"
