"""The heartbeat while the database is unavailable, and when the claim ends."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.config import Settings
from ffremote.db import database, sqlite
from ffremote.files import ballast
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.ledger.values import Claim, ProgressUpdate, Result
from ffremote.registry.sql_ledger import SqlLedger
from ffremote.states import Phase
from ffremote_worker.heartbeat import ClaimLost, Heartbeat, StopNow
from tests.support.builders import claim_job, queue_job

LEASE = 30.0
TICK = ProgressUpdate(Phase.TRANSCODING, 10)


@dataclass
class Bench:
    """A claimed job and its heartbeat, on a database that waits only 20 ms for a lock."""

    ledger: SqlLedger
    engine: Engine
    claim: Claim
    heartbeat: Heartbeat
    stop: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def bench(settings: Settings, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.02)
    engine = database.open_engine(settings.storage_url)
    sessions = database.session_maker(engine)
    with sessions() as session:
        queue_job(session, storage, settings=settings)
        claim = claim_job(session)
    ledger = SqlLedger(sessions, storage, lease_seconds=LEASE)
    stop = threading.Event()
    heartbeat = Heartbeat(
        ledger,
        claim,
        lease_seconds=LEASE,
        tick_seconds=0.02,
        must_stop=stop.is_set,
        free_disk_space=lambda: ballast.drop(storage),
    )
    yield Bench(ledger, engine, claim, heartbeat, stop)
    engine.dispose()


def lock(engine: Engine) -> Session:
    """Acquire the write lock and hold it until the session is closed."""
    session = database.session_maker(engine)()
    session.execute(text("UPDATE job_totals SET total = total"))
    return session


def test_a_heartbeat_without_its_claim_raises(bench: Bench, session: Session) -> None:
    bench.heartbeat.send(TICK)
    store.request_cancel(session, bench.claim.job_id)

    with pytest.raises(ClaimLost):
        bench.heartbeat.send(TICK)


def test_the_next_heartbeat_of_a_stopping_worker_raises(bench: Bench) -> None:
    bench.stop.set()

    with pytest.raises(StopNow):
        bench.heartbeat.send(TICK)


def test_heartbeats_survive_a_locked_database(
    bench: Bench, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.monotonic()
    with lock(engine):
        bench.heartbeat.send(TICK)
        monkeypatch.setattr(clock, "monotonic", lambda: now + LEASE / 2)
        bench.heartbeat.send(TICK)

    monkeypatch.setattr(clock, "monotonic", lambda: now + LEASE)
    bench.heartbeat.send(TICK)


def test_a_claim_that_could_not_be_renewed_is_given_up_before_the_lease_ends(
    bench: Bench, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.monotonic()
    monkeypatch.setattr(clock, "monotonic", lambda: now + LEASE * 0.7)

    with lock(engine), pytest.raises(ClaimLost):
        bench.heartbeat.send(TICK)


def test_the_final_state_is_written_as_soon_as_the_database_is_free(
    bench: Bench, engine: Engine
) -> None:
    holder = lock(engine)
    threading.Timer(0.3, holder.close).start()

    done = bench.heartbeat.ask_until_answered(
        lambda: bench.ledger.complete(bench.claim, Result(1, "ab", {}))
    )

    assert done


def test_the_final_state_on_a_full_disk_uses_the_ballast(bench: Bench, storage: Storage) -> None:
    ballast.restore(storage)
    tries = []

    def complete() -> bool:
        limit = 1073741823 if tries else 1  # SQLite makes 1 what is used already
        with bench.engine.connect() as connection:  # the only one of its pool
            connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")
        tries.append(storage.ballast.exists())
        return bench.ledger.complete(bench.claim, Result(1, "ab", {"long": "x" * 100_000}))

    done = bench.heartbeat.ask_until_answered(complete)

    assert done
    assert tries == [True, False]


def test_heartbeats_go_on_during_long_work(bench: Bench, session: Session) -> None:
    enough = threading.Event()

    def work() -> str:
        deadline = clock.monotonic() + 20
        while store.find(session, bench.claim.job_id).heartbeats < 3:
            assert clock.monotonic() < deadline
        enough.set()
        return "done"

    assert bench.heartbeat.run_with_heartbeat(work, TICK) == "done"
    assert enough.is_set()


def test_an_error_in_long_work_is_raised_to_the_caller(bench: Bench) -> None:
    def fail() -> None:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        bench.heartbeat.run_with_heartbeat(fail, TICK)
