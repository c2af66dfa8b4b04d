"""What a claim allows and what it does not, statement by statement."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.db.models import Worker, WorkerState
from ffremote.errors import JobFinished
from ffremote.files.storage import Storage
from ffremote.jobs import claims, queries, queue, rescues, store, submission, workers
from ffremote.states import FailureReason, JobState, Phase

WORKER = "11111111-1111-4111-8111-111111111111"
HOLDER = "22222222-2222-4222-8222-222222222222"
TICK = claims.Tick(Phase.TRANSCODING, 40, progress={"frame": 10}, pid=4711, pid_started=99)
RESULT = claims.Result(3, "ab", {"duration": 1.0})


@pytest.fixture
def worker(session: Session) -> Worker:
    now = utc_now()
    made = Worker(
        id=WORKER,
        state=WorkerState.UP,
        host="here",
        boot_id="boot",
        pid=1,
        version="0",
        concurrency=1,
        started_at=now,
        heartbeat_at=now,
    )
    workers.register(session, made)
    return made


def enqueue(session: Session, storage: Storage, *, priority: int = 0, needs: str = "") -> str:
    upload_id, partial = submission.new_upload(storage)
    partial.write_bytes(b"\x00film")
    order = submission.JobRequest(
        spec='{"output_filename":"a.mp4"}',
        output_filename="a.mp4",
        priority=priority,
        needs=frozenset(needs.split()),
    )
    arrival = submission.ReceivedFile(upload_id, "film.mp4", 5, "cd")
    return submission.accept_file(session, storage, Settings(), order, arrival).id


def claim(session: Session, needs: str = "") -> claims.Claim | None:
    return queue.claim_next(session, worker_id=WORKER, holder=HOLDER, needs=frozenset({"", needs}))


def must_claim(session: Session) -> claims.Claim:
    taken = claim(session)
    assert taken is not None
    return taken


@pytest.mark.usefixtures("worker")
def test_a_claim_goes_from_queue_to_result(session: Session, storage: Storage) -> None:
    job_id = enqueue(session, storage)

    taken = must_claim(session)
    told = claims.report(session, taken, TICK)
    done = claims.complete(session, taken, RESULT)

    job = store.find(session, job_id)
    assert (told, done) == (True, True)
    assert (job.state, job.progress_percent, job.attempt) == (JobState.COMPLETED, 100, 1)
    assert (job.result_token, job.claim_token, job.pid) == (taken.token, None, None)
    assert claim(session) is None


@pytest.mark.usefixtures("worker")
def test_after_a_cancel_the_holder_can_change_nothing(session: Session, storage: Storage) -> None:
    job_id = enqueue(session, storage)
    taken = must_claim(session)

    store.request_cancel(session, job_id)

    assert not claims.report(session, taken, TICK)
    assert not claims.complete(session, taken, RESULT)
    assert not claims.fail(session, taken, reason=FailureReason.UNKNOWN, message="no", details={})
    assert not claims.release(session, taken, message="no")
    assert store.find(session, job_id).state is JobState.CANCELED


@pytest.mark.usefixtures("worker")
def test_a_completed_job_cannot_be_canceled(session: Session, storage: Storage) -> None:
    job_id = enqueue(session, storage)
    claims.complete(session, must_claim(session), RESULT)

    with pytest.raises(JobFinished):
        store.request_cancel(session, job_id)

    assert store.find(session, job_id).state is JobState.COMPLETED


@pytest.mark.usefixtures("worker")
def test_a_rescued_job_belongs_to_its_next_holder_alone(session: Session, storage: Storage) -> None:
    job_id = enqueue(session, storage)
    first = must_claim(session)
    [hold] = rescues.holds(session)

    state = rescues.rescue(session, hold)
    second = must_claim(session)

    assert state is JobState.QUEUED
    assert not claims.report(session, first, TICK)
    assert not claims.complete(session, first, RESULT)
    assert claims.complete(session, second, RESULT)
    job = store.find(session, job_id)
    assert (job.attempt, job.losses, job.result_token) == (2, 1, second.token)


@pytest.mark.usefixtures("worker")
def test_a_holder_that_spoke_since_keeps_its_claim(session: Session, storage: Storage) -> None:
    enqueue(session, storage)
    taken = must_claim(session)
    [hold] = rescues.holds(session)
    claims.report(session, taken, TICK)

    assert rescues.rescue(session, hold) is None
    assert claims.report(session, taken, TICK)


@pytest.mark.usefixtures("worker")
def test_a_job_that_kills_three_workers_fails(session: Session, storage: Storage) -> None:
    job_id = enqueue(session, storage)

    states = []
    for _ in range(rescues.MAX_LOSSES):
        must_claim(session)
        states += [rescues.rescue(session, hold) for hold in rescues.holds(session)]

    job = store.find(session, job_id)
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
    assert (job.error_reason, job.losses) == (FailureReason.WORKER_LOST, 3)
    assert job.finished_at is not None


@pytest.mark.usefixtures("worker")
def test_a_released_job_has_lost_no_attempt(session: Session, storage: Storage) -> None:
    job_id = enqueue(session, storage)
    taken = must_claim(session)
    claims.report(session, taken, TICK)

    claims.release(session, taken, message="The worker stops.")

    job = store.find(session, job_id)
    assert (job.state, job.attempt, job.losses, job.progress_percent) == ("queued", 0, 0, 0)


@pytest.mark.usefixtures("worker")
def test_progress_never_falls_within_an_attempt(session: Session, storage: Storage) -> None:
    job_id = enqueue(session, storage)
    taken = must_claim(session)

    claims.report(session, taken, replace(TICK, percent=60))
    claims.report(session, taken, replace(TICK, percent=30))

    assert store.find(session, job_id).progress_percent == 60


@pytest.mark.usefixtures("worker")
def test_a_priority_is_a_head_start(session: Session, storage: Storage) -> None:
    plain = enqueue(session, storage)
    urgent = enqueue(session, storage, priority=5)
    late = enqueue(session, storage, priority=-5)

    positions = {
        job_id: queries.queue_position(session, store.find(session, job_id))
        for job_id in (plain, urgent, late)
    }
    order = [must_claim(session).job_id for _ in range(3)]

    assert positions == {urgent: 1, plain: 2, late: 3}
    assert order == [urgent, plain, late]


@pytest.mark.usefixtures("worker")
def test_a_worker_claims_only_what_it_can_do(session: Session, storage: Storage) -> None:
    enqueue(session, storage, needs="hevc_nvenc")

    assert queue.claimable_needs(session) == {"hevc_nvenc"}
    assert claim(session, needs="libx264") is None
    assert claim(session, needs="hevc_nvenc") is not None


@pytest.mark.usefixtures("worker")
def test_totals_follow_every_change(session: Session, storage: Storage, tmp_path: Path) -> None:
    for _ in range(3):
        enqueue(session, storage)
    claims.complete(session, must_claim(session), RESULT)
    store.request_cancel(session, must_claim(session).job_id)

    totals = {state: queries.newest(session, states=[state]).total for state in JobState}

    assert totals == {"queued": 1, "running": 0, "completed": 1, "failed": 0, "canceled": 1}
    assert queries.newest(session).total == 3
