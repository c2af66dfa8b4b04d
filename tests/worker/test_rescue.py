"""Who counts as lost: proven dead by the lock, or silent for a lease by our own clock."""

import os
import signal
import subprocess
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.models import Worker, WorkerState
from ffremote.files.storage import Storage
from ffremote.host import processes
from ffremote.host.locks import ProcessLock
from ffremote.jobs import claims, queue, rescues, store, submission, workers
from ffremote.jobs.claims import Claim, Tick
from ffremote.jobs.rescues import Hold
from ffremote.states import JobState, Phase
from ffremote_worker.rescuer import Rescuer

LEASE = 30.0
TICK = Tick(Phase.TRANSCODING, 1)


@dataclass
class Clock:
    """A monotonic clock that moves when told."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(clock, "monotonic", moved)
    return moved


@pytest.fixture
def claim(session: Session, storage: Storage) -> Callable[..., Claim]:
    """Enqueues and claims a job for a holder of a worker on the boot `boot_id`."""

    def make(holder: str, *, boot_id: str | None = None) -> Claim:
        now, worker_id = utc_now(), str(uuid.uuid4())
        workers.register(
            session,
            Worker(
                id=worker_id,
                state=WorkerState.UP,
                host="host",
                boot_id=boot_id or processes.boot_id(),
                pid=1,
                version="0",
                concurrency=1,
                started_at=now,
                heartbeat_at=now,
            ),
        )
        upload_id, partial = submission.new_upload(storage)
        partial.write_bytes(b"\0")
        order = submission.JobRequest(spec="{}", output_filename="a.mp4")
        arrival = submission.ReceivedFile(upload_id, None, 1, "ab")
        submission.accept_file(session, storage, Settings(), order, arrival)
        taken = queue.claim_next(session, worker_id=worker_id, holder=holder, needs=frozenset({""}))
        assert taken is not None
        return taken

    return make


def test_a_dead_holder_on_this_host_loses_its_job_at_once(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    dead, living = str(uuid.uuid4()), str(uuid.uuid4())
    lost, kept = claim(dead), claim(living)

    with ProcessLock(storage.lock(living)):
        rescued = Rescuer(storage, LEASE).look(session)

    assert rescued == [lost.job_id]
    assert store.find(session, kept.job_id).claim_token == kept.token


def test_a_silent_holder_loses_its_job_after_a_lease_that_we_watched(
    session: Session, storage: Storage, claim: Callable[..., Claim], time: Clock
) -> None:
    far = claim(str(uuid.uuid4()), boot_id="another boot")
    rescuer = Rescuer(storage, LEASE)

    looks = []
    for seconds in (0, LEASE - 1, 2):
        time.now += seconds
        looks.append(rescuer.look(session))

    assert looks == [[], [], [far.job_id]]


def test_a_heartbeat_starts_the_wait_anew(
    session: Session, storage: Storage, claim: Callable[..., Claim], time: Clock
) -> None:
    far = claim(str(uuid.uuid4()), boot_id="another boot")
    rescuer = Rescuer(storage, LEASE)
    rescuer.look(session)

    for _ in range(5):
        time.now += LEASE - 1
        assert claims.report(session, far, TICK)
        assert rescuer.look(session) == []


def test_a_step_of_the_wall_clock_alarms_nobody(
    session: Session,
    storage: Storage,
    claim: Callable[..., Claim],
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far = claim(str(uuid.uuid4()), boot_id="another boot")
    rescuer = Rescuer(storage, LEASE)
    rescuer.look(session)

    monkeypatch.setattr(claims, "utc_now", lambda: utc_now().replace(year=2040))
    time.now += 1
    looked = rescuer.look(session)

    assert looked == []
    assert claims.report(session, far, TICK)


def test_a_rescuer_that_was_stopped_itself_takes_nobody_for_silent(
    session: Session,
    storage: Storage,
    claim: Callable[..., Claim],
    time: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim(str(uuid.uuid4()), boot_id="another boot")
    rescuer = Rescuer(storage, LEASE)
    ask = rescues.holds

    def stop_and_ask(asking: Session) -> list[Hold]:
        time.now += 2 * LEASE
        return ask(asking)

    def ask_and_stop(asking: Session) -> list[Hold]:
        answer = ask(asking)
        time.now += 2 * LEASE
        return answer

    looked = []
    for asking in (stop_and_ask, ask, ask_and_stop):
        monkeypatch.setattr(rescues, "holds", asking)
        looked.append(rescuer.look(session))
        time.now += 0.5

    assert looked == [[], [], []]


def test_the_ffmpeg_of_a_silent_holder_that_spoke_at_last_is_spared(
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
    tick = Tick(Phase.TRANSCODING, 1, pid=ffmpeg.pid, pid_started=started)
    claims.report(session, mine, tick)
    rescuer = Rescuer(storage, LEASE)
    decide = rescues.rescue

    def speak_first(deciding: Session, hold: Hold) -> JobState | None:
        assert claims.report(deciding, mine, tick)
        return decide(deciding, hold)

    with ProcessLock(storage.lock(holder)):
        rescuer.look(session)
        time.now += LEASE + 1
        monkeypatch.setattr(rescues, "rescue", speak_first)
        looked = rescuer.look(session)

    assert (looked, ffmpeg.poll()) == ([], None)
    ffmpeg.kill()
    ffmpeg.wait()


def test_the_stray_process_of_a_dead_holder_is_killed(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    lost = claim(str(uuid.uuid4()))
    stray = subprocess.Popen(["sleep", "60"], start_new_session=True)
    started = processes.started_at(stray.pid)
    claims.report(session, lost, Tick(Phase.TRANSCODING, 1, pid=stray.pid, pid_started=started))

    Rescuer(storage, LEASE).look(session)

    assert stray.wait(timeout=10) == -signal.SIGKILL


def test_the_stray_process_of_a_canceled_job_is_killed_and_forgotten(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    lost = claim(str(uuid.uuid4()))
    stray = subprocess.Popen(["sleep", "60"], start_new_session=True)
    started = processes.started_at(stray.pid)
    claims.report(session, lost, Tick(Phase.TRANSCODING, 1, pid=stray.pid, pid_started=started))
    store.request_cancel(session, lost.job_id)

    rescued = Rescuer(storage, LEASE).look(session)

    assert rescued == []
    assert stray.wait(timeout=10) == -signal.SIGKILL
    assert store.find(session, lost.job_id).pid is None


def test_a_process_that_only_has_the_pid_is_spared(
    session: Session, storage: Storage, claim: Callable[..., Claim]
) -> None:
    lost = claim(str(uuid.uuid4()))
    ours = processes.started_at(os.getpid())
    assert ours is not None
    claims.report(session, lost, Tick(Phase.TRANSCODING, 1, pid=os.getpid(), pid_started=ours + 1))

    assert Rescuer(storage, LEASE).look(session) == [lost.job_id]
