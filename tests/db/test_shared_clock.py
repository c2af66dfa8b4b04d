"""Programs on PostgreSQL have the time of the database, whatever the clock of their host says."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ffremote import clock
from ffremote.db import database, postgresql
from tests.support.databases import PostgresqlTemplate

HOUR = timedelta(hours=1)


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Step the clock of this host."""
    monkeypatch.setattr(clock, "_followed", None)
    host_now = clock.host_now

    def change(by: timedelta) -> None:
        monkeypatch.setattr(clock, "host_now", lambda: host_now() + by)

    return change


@pytest.fixture
def engine(cluster: PostgresqlTemplate, tmp_path: Path) -> Iterator[Engine]:
    """A PostgreSQL database that was not connected to."""
    url = cluster.copy(tmp_path)
    made = database.open_engine(url)
    yield made
    made.dispose()
    cluster.drop(url)


def time_of(engine: Engine) -> datetime:
    with database.session_maker(engine)() as session:
        return database.database_time(session)


def test_the_time_is_that_of_the_database_from_the_first_connection_on(
    engine: Engine, step: Callable[[timedelta], None]
) -> None:
    step(HOUR)
    before = clock.utc_now()
    found = time_of(engine)
    during = clock.utc_now()
    step(-HOUR)

    assert before - found > HOUR / 2
    assert abs(during - found) < HOUR / 2
    assert abs(clock.utc_now() - time_of(engine)) < HOUR / 2


def test_the_time_is_asked_for_again_and_again(
    engine: Engine, step: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    time_of(engine)
    moment, seconds = clock.utc_now(), clock.boot_seconds()
    clock.follow(moment - HOUR, seconds)  # as if the database's clock had been set since then

    monkeypatch.setattr(postgresql, "FOLLOW_SECONDS", 0.0)
    found = time_of(engine)

    assert abs(clock.utc_now() - found) < HOUR / 2
    with engine.connect() as connection:  # it is no transaction of its own
        assert not connection.in_transaction()


def test_on_sqlite_the_time_is_that_of_this_host(
    step: Callable[[timedelta], None], migrated: Path
) -> None:
    step(HOUR)
    engine = database.open_engine(f"sqlite:///{migrated}/ffremote.db")

    found = time_of(engine)

    engine.dispose()
    assert clock.utc_now() - found > HOUR / 2
