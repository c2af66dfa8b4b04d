"""The heartbeat while the database is unavailable, and when the claim ends."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from queue import SimpleQueue

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.config import Settings
from ffremote.db import database, sqlite
from ffremote.files import ballast
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.ledger.protocol import Ledger
from ffremote.ledger.values import Claim, ProgressUpdate, Result
from ffremote.registry.sql_ledger import SqlLedger
from ffremote.states import Phase
from ffremote_worker import heartbeat
from ffremote_worker.clerk import Clerk
from ffremote_worker.heartbeat import ClaimLost, Heartbeat, Patience, StopNow
from tests.support.builders import claim_job, queue_job
from tests.support.waiting import DEADLINE, wait_for

LEASE = 30.0
OUTAGE = 600.0
TICK = ProgressUpdate(Phase.TRANSCODING, 10)


@dataclass
class Bench:
    """A claimed job and its heartbeat, on a database that waits only 20 ms for a lock."""

    engine: Engine
    claim: Claim
    heartbeat: Heartbeat
    stop: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def bench(settings: Settings, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(heartbeat, "ANSWER_SECONDS", DEADLINE)
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.02)
    engine = database.open_engine(settings.registry_url)
    sessions = database.session_maker(engine)
    with sessions() as session:
        queue_job(session, storage, settings=settings)
        claim = claim_job(session)
    ledger = SqlLedger(sessions, storage, lease_seconds=LEASE)
    stop = threading.Event()
    beats = Heartbeat(
        Clerk(ledger),
        claim,
        patience=Patience(LEASE, OUTAGE, tick_seconds=0.02),
        must_stop=stop.is_set,
        free_disk_space=lambda: ballast.drop(storage),
    )
    yield Bench(engine, claim, beats, stop)
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
        monkeypatch.setattr(clock, "monotonic", lambda: now + OUTAGE - 1)
        bench.heartbeat.send(TICK)

    monkeypatch.setattr(clock, "monotonic", lambda: now + OUTAGE + 1)
    bench.heartbeat.send(TICK)


def test_a_claim_that_could_not_be_renewed_for_too_long_is_given_up(
    bench: Bench, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.monotonic()
    monkeypatch.setattr(clock, "monotonic", lambda: now + OUTAGE + 1)

    with lock(engine), pytest.raises(ClaimLost):
        bench.heartbeat.send(TICK)


def test_the_final_state_is_written_as_soon_as_the_database_is_free(
    bench: Bench, engine: Engine
) -> None:
    holder = lock(engine)
    threading.Timer(0.3, holder.close).start()

    done = bench.heartbeat.ask_until_answered(
        lambda ledger: ledger.complete(bench.claim, Result(1, "ab", {}))
    )

    assert done


def test_the_final_state_on_a_full_disk_uses_the_ballast(bench: Bench, storage: Storage) -> None:
    ballast.restore(storage)
    tries = []

    def complete(ledger: Ledger) -> bool:
        limit = 1073741823 if tries else 1  # SQLite makes 1 what is used already
        with bench.engine.connect() as connection:  # the only one of its pool
            connection.exec_driver_sql(f"PRAGMA max_page_count = {limit}")
        tries.append(storage.ballast.exists())
        return ledger.complete(bench.claim, Result(1, "ab", {"long": "x" * 100_000}))

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


class Hanging(Ledger):
    """A registry that answers a heartbeat only when it is told what."""

    def __init__(self) -> None:
        self.answers: SimpleQueue[bool] = SimpleQueue()

    def beat(self, claim: Claim, update: ProgressUpdate) -> bool:
        return self.answers.get(timeout=DEADLINE)


@dataclass
class Hung:
    """A heartbeat of a claim whose registry hangs."""

    ledger: Hanging
    heartbeat: Heartbeat
    stop: threading.Event

    def send_until(self, error: type[Exception]) -> None:
        def is_raised() -> bool:
            try:
                self.heartbeat.send(TICK)
            except error:
                return True
            return False

        wait_for(is_raised)


@pytest.fixture
def hung(monkeypatch: pytest.MonkeyPatch) -> Hung:
    monkeypatch.setattr(heartbeat, "ANSWER_SECONDS", 0.01)
    ledger, stop = Hanging(), threading.Event()
    beats = Heartbeat(
        Clerk(ledger),
        Claim("job", "token", 1, (), "{}"),
        patience=Patience(LEASE, OUTAGE, tick_seconds=0.02),
        must_stop=stop.is_set,
        free_disk_space=bool,
    )
    return Hung(ledger, beats, stop)


def test_a_tick_does_not_wait_for_a_registry_that_hangs(hung: Hung) -> None:
    for _ in range(5):
        hung.heartbeat.send(TICK)

    hung.stop.set()
    with pytest.raises(StopNow):
        hung.heartbeat.send(TICK)


def test_a_registry_that_hangs_is_asked_once_and_its_late_answer_counts(hung: Hung) -> None:
    for _ in range(5):
        hung.heartbeat.send(TICK)

    hung.ledger.answers.put(False)

    hung.send_until(ClaimLost)
    assert hung.ledger.answers.empty()


def test_a_claim_whose_registry_hangs_for_too_long_is_given_up(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung.heartbeat.send(TICK)
    now = clock.monotonic()

    monkeypatch.setattr(clock, "monotonic", lambda: now + OUTAGE + 1)

    with pytest.raises(ClaimLost):
        hung.heartbeat.send(TICK)


def test_a_claim_with_nothing_to_lose_is_left_to_its_lease(
    hung: Hung, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that is not answered: the lease does the same."""
    times = chain([0.0, LEASE * 0.6], repeat(LEASE * 0.7))
    monkeypatch.setattr(clock, "monotonic", lambda: next(times))

    with pytest.raises(ClaimLost):
        hung.heartbeat.ask_until_answered(
            lambda ledger: ledger.beat(hung.heartbeat.claim, TICK), has_work=False
        )
