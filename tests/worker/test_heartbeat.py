"""The heartbeat while the database is out of reach, and the end of a claim."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from ffremote import clock
from ffremote.config import Settings
from ffremote.db import database
from ffremote.files import ballast
from ffremote.files.storage import Storage
from ffremote.jobs import claims, queue, store, submission
from ffremote.jobs.claims import Claim, Tick
from ffremote.states import Phase
from ffremote_worker.heartbeat import ClaimLost, Heartbeat, StopNow

LEASE = 30.0
TICK = Tick(Phase.TRANSCODING, 10)
WORKER = "11111111-1111-4111-8111-111111111111"
HOLDER = "22222222-2222-4222-8222-222222222222"


@dataclass
class Bench:
    """A claimed job and its pulse, on a database that gives up after an instant."""

    sessions: sessionmaker[Session]
    claim: Claim
    heartbeat: Heartbeat
    stop: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def bench(settings: Settings, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.02)
    engine = database.open_engine(settings.storage_url)
    sessions = database.session_maker(engine)
    with sessions() as session:
        upload_id, partial = submission.new_upload(storage)
        partial.write_bytes(b"\0")
        order = submission.JobRequest(spec="{}", output_filename="a.mp4")
        arrival = submission.ReceivedFile(upload_id, None, 1, "ab")
        submission.accept_file(session, storage, settings, order, arrival)
        claim = queue.claim_next(session, worker_id=WORKER, holder=HOLDER, needs=frozenset({""}))
    assert claim is not None
    stop = threading.Event()
    heartbeat = Heartbeat(
        sessions,
        claim,
        lease_seconds=LEASE,
        tick_seconds=0.02,
        must_stop=stop.is_set,
        make_room=lambda: ballast.drop(storage),
    )
    yield Bench(sessions, claim, heartbeat, stop)
    engine.dispose()


def lock(engine: Engine) -> Session:
    """Take the write lock and keep it until the session is closed."""
    session = database.session_maker(engine)()
    session.execute(text("UPDATE job_totals SET total = total"))
    return session


def test_a_beat_that_finds_no_claim_says_so(bench: Bench, session: Session) -> None:
    bench.heartbeat.beat(TICK)
    store.request_cancel(session, bench.claim.job_id)

    with pytest.raises(ClaimLost):
        bench.heartbeat.beat(TICK)


def test_a_worker_that_is_to_stop_hears_it_at_the_next_beat(bench: Bench) -> None:
    bench.stop.set()

    with pytest.raises(StopNow):
        bench.heartbeat.beat(TICK)


def test_beats_survive_a_database_that_is_locked(
    bench: Bench, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.monotonic()
    with lock(engine):
        bench.heartbeat.beat(TICK)
        monkeypatch.setattr(clock, "monotonic", lambda: now + LEASE / 2)
        bench.heartbeat.beat(TICK)

    monkeypatch.setattr(clock, "monotonic", lambda: now + LEASE)
    bench.heartbeat.beat(TICK)


def test_a_claim_that_could_not_be_renewed_is_given_up_before_the_lease_ends(
    bench: Bench, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.monotonic()
    monkeypatch.setattr(clock, "monotonic", lambda: now + LEASE * 0.7)

    with lock(engine), pytest.raises(ClaimLost):
        bench.heartbeat.beat(TICK)


def test_an_end_is_written_as_soon_as_the_database_can(bench: Bench, engine: Engine) -> None:
    holder = lock(engine)
    threading.Timer(0.3, holder.close).start()

    done = bench.heartbeat.insist(
        lambda session: claims.complete(session, bench.claim, claims.Result(1, "ab", {}))
    )

    assert done


def test_an_end_that_finds_the_disk_full_takes_the_room_that_was_kept_for_it(
    bench: Bench, storage: Storage
) -> None:
    ballast.keep(storage)
    tries = []

    def complete(session: Session) -> bool:
        limit = 1073741823 if tries else 1  # SQLite makes 1 what is used already
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {limit}")
        tries.append(storage.ballast.exists())
        result = claims.Result(1, "ab", {"long": "x" * 100_000})
        return claims.complete(session, bench.claim, result)

    done = bench.heartbeat.insist(complete)

    assert done
    assert tries == [True, False]


def test_long_work_of_ours_goes_on_beating(bench: Bench, session: Session) -> None:
    enough = threading.Event()

    def work() -> str:
        deadline = clock.monotonic() + 20
        while store.find(session, bench.claim.job_id).heartbeats < 3:
            assert clock.monotonic() < deadline
        enough.set()
        return "done"

    assert bench.heartbeat.during(work, TICK) == "done"
    assert enough.is_set()


def test_an_error_in_long_work_is_the_callers(bench: Bench) -> None:
    def fail() -> None:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        bench.heartbeat.during(fail, TICK)
