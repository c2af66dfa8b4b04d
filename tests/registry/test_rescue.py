"""A claim is lost when its holder's lock is free, or without a heartbeat for a lease."""

import os
import signal
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.clock import utc_now
from ffremote.db import database
from ffremote.files.storage import Storage
from ffremote.host import processes
from ffremote.host.locks import ProcessLock
from ffremote.host.place import place_of
from ffremote.jobs import claims, rescues, store, workers
from ffremote.jobs.rescues import Hold
from ffremote.ledger.protocol import LedgerAway
from ffremote.ledger.values import Claim, ProgressUpdate
from ffremote.registry.rescuer import Rescuer
from ffremote.registry.sql_ledger import SqlLedger
from ffremote.states import JobState, Phase
from tests.support.builders import claim_job, queue_job, register_worker

LEASE = 30.0
TICK = ProgressUpdate(Phase.TRANSCODING, 1)


@dataclass
class Clock:
    """A monotonic clock that only the test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the rescuer."""
    moved = Clock()
    monkeypatch.setattr(clock, "monotonic", moved)
    return moved


@pytest.fixture
def claim(session: Session, storage: Storage) -> Callable[..., Claim]:
    """Queues and claims a job for a holder of a worker in `place`, here by default."""

    def make(holder: str, *, place: str | None = None) -> Claim:
        worker_id = register_worker(session, boot_id=place or place_of(storage.run))
        queue_job(session, storage)
        return claim_job(session, worker_id=worker_id, holder=holder)

    return make


def test_the_files_of_a_dead_holders_attempt_are_removed(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    held = claim(str(uuid.uuid4()))
    directory = storage.open_attempt(held.job_id, held.token, held.upload_ids)
    (storage.attempt_dir(held.job_id, held.token) / "part0").write_bytes(b"x")
    storage.log(held.job_id, held.token).write_text("log")

    assert Rescuer(storage, LEASE).rescue_lost(session) == [held.job_id]

    assert sorted(path.name for path in directory.iterdir()) == [f"{held.token}.log", "input"]


def test_a_dead_holder_on_this_host_loses_its_job_at_once(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    dead, living = str(uuid.uuid4()), str(uuid.uuid4())
    lost, kept = claim(dead), claim(living)

    with ProcessLock(storage.lock(living)):
        rescued = Rescuer(storage, LEASE).rescue_lost(session)

    assert rescued == [lost.job_id]
    assert store.find(session, kept.job_id).claim_token == kept.token


def test_a_holder_with_another_data_directory_is_judged_by_its_heartbeats_only(
    session: Session, storage: Storage, claim: Callable[..., Claim], time: Clock
) -> None:
    """Two containers on one kernel: neither sees the other's locks, and PIDs mean others."""
    held = claim(str(uuid.uuid4()), place=f"{processes.boot_id()}/another directory")
    ffmpeg = subprocess.Popen(["sleep", "60"], start_new_session=True)
    started = processes.started_at(ffmpeg.pid)
    tick = ProgressUpdate(Phase.TRANSCODING, 1, pid=ffmpeg.pid, pid_started=started)
    claims.report(session, held, tick)
    rescuer = Rescuer(storage, LEASE)

    looks = []
    for seconds in (0, LEASE - 1, 2):
        time.now += seconds
        looks.append(rescuer.rescue_lost(session))

    assert looks == [[], [], [held.job_id]]
    assert ffmpeg.poll() is None
    ffmpeg.kill()
    ffmpeg.wait()


def test_a_holder_without_heartbeat_for_an_observed_lease_loses_its_job(
    session: Session, storage: Storage, claim: Callable[..., Claim], time: Clock
) -> None:
    far = claim(str(uuid.uuid4()), place="another boot")
    rescuer = Rescuer(storage, LEASE)

    looks = []
    for seconds in (0, LEASE - 1, 2):
        time.now += seconds
        looks.append(rescuer.rescue_lost(session))

    assert looks == [[], [], [far.job_id]]


def test_a_heartbeat_restarts_the_lease(
    session: Session, storage: Storage, claim: Callable[..., Claim], time: Clock
) -> None:
    far = claim(str(uuid.uuid4()), place="another boot")
    rescuer = Rescuer(storage, LEASE)
    rescuer.rescue_lost(session)

    for _ in range(5):
        time.now += LEASE - 1
        assert claims.report(session, far, TICK)
        assert rescuer.rescue_lost(session) == []


def test_a_step_of_the_wall_clock_rescues_nothing(
    session: Session,
    storage: Storage,
    claim: Callable[..., Claim],
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far = claim(str(uuid.uuid4()), place="another boot")
    rescuer = Rescuer(storage, LEASE)
    rescuer.rescue_lost(session)

    monkeypatch.setattr(claims, "utc_now", lambda: utc_now().replace(year=2040))
    time.now += 1
    looked = rescuer.rescue_lost(session)

    assert looked == []
    assert claims.report(session, far, TICK)


def test_a_rescuer_that_was_suspended_itself_rescues_nothing(
    session: Session,
    storage: Storage,
    claim: Callable[..., Claim],
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim(str(uuid.uuid4()), place="another boot")
    rescuer = Rescuer(storage, LEASE)
    query = rescues.holds

    def suspend_then_query(own_session: Session) -> list[Hold]:
        time.now += 2 * LEASE
        return query(own_session)

    def query_then_suspend(own_session: Session) -> list[Hold]:
        holds = query(own_session)
        time.now += 2 * LEASE
        return holds

    looked = []
    for replacement in (suspend_then_query, query, query_then_suspend):
        monkeypatch.setattr(rescues, "holds", replacement)
        looked.append(rescuer.rescue_lost(session))
        time.now += 0.5

    assert looked == [[], [], []]


def test_a_late_heartbeat_spares_the_ffmpeg_of_its_holder(
    session: Session,
    storage: Storage,
    claim: Callable[..., Claim],
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    holder = str(uuid.uuid4())
    mine = claim(holder)
    ffmpeg = subprocess.Popen(["sleep", "60"], start_new_session=True)
    started = processes.started_at(ffmpeg.pid)
    tick = ProgressUpdate(Phase.TRANSCODING, 1, pid=ffmpeg.pid, pid_started=started)
    claims.report(session, mine, tick)
    rescuer = Rescuer(storage, LEASE)
    rescue = rescues.rescue

    def heartbeat_first(own_session: Session, hold: Hold) -> JobState | None:
        assert claims.report(own_session, mine, tick)
        return rescue(own_session, hold)

    with ProcessLock(storage.lock(holder)):
        rescuer.rescue_lost(session)
        time.now += LEASE + 1
        monkeypatch.setattr(rescues, "rescue", heartbeat_first)
        looked = rescuer.rescue_lost(session)

    assert (looked, ffmpeg.poll()) == ([], None)
    ffmpeg.kill()
    ffmpeg.wait()


def test_the_stray_process_of_a_dead_holder_is_killed(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    lost = claim(str(uuid.uuid4()))
    stray = subprocess.Popen(["sleep", "60"], start_new_session=True)
    started = processes.started_at(stray.pid)
    claims.report(
        session, lost, ProgressUpdate(Phase.TRANSCODING, 1, pid=stray.pid, pid_started=started)
    )

    Rescuer(storage, LEASE).rescue_lost(session)

    assert stray.wait(timeout=10) == -signal.SIGKILL


def test_the_stray_process_of_a_canceled_job_is_killed_and_forgotten(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    lost = claim(str(uuid.uuid4()))
    stray = subprocess.Popen(["sleep", "60"], start_new_session=True)
    started = processes.started_at(stray.pid)
    claims.report(
        session, lost, ProgressUpdate(Phase.TRANSCODING, 1, pid=stray.pid, pid_started=started)
    )
    store.request_cancel(session, lost.job_id)

    rescued = Rescuer(storage, LEASE).rescue_lost(session)

    assert rescued == []
    assert stray.wait(timeout=10) == -signal.SIGKILL
    assert store.find(session, lost.job_id).pid is None


def test_a_process_with_the_same_pid_but_another_start_time_is_spared(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    lost = claim(str(uuid.uuid4()))
    started = processes.started_at(os.getpid())
    assert started is not None
    claims.report(
        session,
        lost,
        ProgressUpdate(Phase.TRANSCODING, 1, pid=os.getpid(), pid_started=started + 1),
    )

    assert Rescuer(storage, LEASE).rescue_lost(session) == [lost.job_id]


def test_a_look_that_failed_forgets_what_was_seen(
    engine: Engine,
    session: Session,
    storage: Storage,
    claim: Callable[..., Claim],
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the database is away, its silence is not that of the holders."""
    claim(str(uuid.uuid4()), place="another boot")
    ledger = SqlLedger(database.session_maker(engine), storage, lease_seconds=LEASE)
    ledger.rescue_lost()
    time.now += LEASE - 1

    with monkeypatch.context() as away:
        away.setattr(rescues, "holds", lambda _: fail_as_a_database_does())
        with pytest.raises(LedgerAway):
            ledger.rescue_lost()
    time.now += 2

    assert not ledger.rescue_lost()
    time.now += LEASE + 1
    assert ledger.rescue_lost()


@pytest.mark.parametrize("kind", [OperationalError, InternalError, ProgrammingError])
def test_an_error_of_the_database_of_any_kind_can_be_waited_out(
    engine: Engine, storage: Storage, monkeypatch: pytest.MonkeyPatch, kind: type[DBAPIError]
) -> None:
    ledger = SqlLedger(database.session_maker(engine), storage, lease_seconds=LEASE)
    monkeypatch.setattr(workers, "record_heartbeat", lambda *_: fail_as_a_database_does(kind))

    with pytest.raises(LedgerAway):
        ledger.record_heartbeat("w")


def test_what_took_long_to_write_restarts_the_watch(
    engine: Engine,
    session: Session,
    storage: Storage,
    claim: Callable[..., Claim],
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A database that hangs, or is locked, holds up the heartbeats of others, too."""
    claim(str(uuid.uuid4()), place="another boot")
    ledger = SqlLedger(database.session_maker(engine), storage, lease_seconds=LEASE)
    ledger.rescue_lost()

    def hang(*_: object) -> None:
        time.now += LEASE + 1

    monkeypatch.setattr(workers, "record_heartbeat", hang)
    ledger.record_heartbeat("w")

    assert not ledger.rescue_lost()


def fail_as_a_database_does(kind: type[DBAPIError] = OperationalError) -> NoReturn:
    raise kind("SELECT", {}, Exception("server closed the connection"))
