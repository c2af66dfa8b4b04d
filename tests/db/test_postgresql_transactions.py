"""What a transaction on PostgreSQL promises: an end waits for the disk, a heartbeat does not."""

from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from sqlalchemy import Engine, Table, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ffremote.db import database
from ffremote.db.models import JobTotal
from ffremote.db.outages import Outage, outage_of
from ffremote.db.types import QUEUED
from tests.support.both_databases import BOTH, database_url, template

__all__ = ["database_url", "template"]
pytestmark = pytest.mark.parametrize("template", BOTH[1:], indirect=True)
SYNC = text("SHOW synchronous_commit")


def test_a_statement_alone_does_not_wait_for_the_disk_and_a_transaction_does(
    session: Session,
) -> None:
    seen = []
    for transaction in (database.writing_alone, database.writing, database.writing_alone):
        with transaction(session):
            seen.append(session.scalar(SYNC))

    assert seen == ["off", "on", "off"]


def test_serialized_writers_take_turns(engine: Engine) -> None:
    """Those that count rows and then add their own, or reserve space for files without one."""

    def add_fifty_times(relaxed: bool) -> None:
        with database.session_maker(engine)() as session:
            for _ in range(50):
                with database.writing(session, relaxed=relaxed):
                    database.serialize_writers(session)
                    seen = session.scalar(text("SELECT max(total) FROM job_totals"))
                    session.execute(text("UPDATE job_totals SET total = :n"), {"n": seen + 1})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add_fifty_times, (True, False, True, False)))

    with database.session_maker(engine)() as session:
        assert session.scalar(text("SELECT max(total) FROM job_totals")) == 200


def test_an_error_of_begin_is_one_of_the_database(session: Session, engine: Engine) -> None:
    """A server that ended since the last use is noticed by the first statement: the BEGIN."""
    with engine.connect() as other:
        with database.writing(session):
            number = session.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:n, 5000)"), {"n": number})

    with pytest.raises(DBAPIError) as caught, database.writing(session):
        pass

    assert outage_of(caught.value) is Outage.AWAY


def test_a_connection_beside_the_sessions_waits_for_the_disk(engine: Engine) -> None:
    with engine.begin() as connection:
        assert connection.scalar(SYNC) == "on"


def test_a_failed_transaction_leaves_nothing(session: Session) -> None:
    with pytest.raises(RuntimeError), database.writing(session):
        session.execute(text("UPDATE job_totals SET total = 9"))
        raise RuntimeError

    with database.reading(session):
        assert session.scalar(text("SELECT max(total) FROM job_totals")) == 0


def test_what_a_transaction_wrote_is_read_within_it_alone(engine: Engine, session: Session) -> None:
    query = text("SELECT max(total) FROM job_totals")
    with database.session_maker(engine)() as other, database.writing(session):
        session.execute(text("UPDATE job_totals SET total = 9"))
        with database.reading(session):
            own = session.scalar(query)
        with database.reading(other):
            others = other.scalar(query)

    assert (own, others) == (9, 0)


AT_COMMIT = """
CREATE TABLE seen (setting text);
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON job_totals DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION look();
"""


def test_the_change_of_one_row_waits_for_the_disk_and_its_successor_does_not(
    session: Session,
) -> None:
    with database.writing(session):
        session.execute(text(AT_COMMIT))
    totals = cast(Table, JobTotal.__table__)
    queued = totals.c.state == QUEUED
    change = update(totals).where(queued).values(total=7).returning(totals.c.total)
    nothing = change.where(totals.c.total == 8)

    changed = database.change_row(session, change, {})
    unchanged = database.change_row(session, nothing, {})
    with database.writing_alone(session):
        session.execute(change)

    with database.reading(session):
        seen = session.scalars(text("SELECT setting FROM seen")).all()
    assert (changed, unchanged, seen) == (7, None, ["on", "off"])
