"""What a transaction on PostgreSQL promises: an end waits for the disk, a heartbeat does not."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ffremote.db import database
from tests.support.both_databases import BOTH, database_url, template

__all__ = ["database_url", "template"]
pytestmark = pytest.mark.parametrize("template", BOTH[1:], indirect=True)
SYNC = text("SHOW synchronous_commit")


def test_only_a_transaction_that_is_not_relaxed_waits_for_the_disk(session: Session) -> None:
    seen = []
    for relaxed in (True, False, True):
        with database.writing(session, relaxed=relaxed):
            seen.append(session.scalar(SYNC))

    assert seen == ["off", "on", "off"]


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
