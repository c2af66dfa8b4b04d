"""Each statement on a claim: what its holder may change, and what it no longer may."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.errors import JobFinished
from ffremote.files.storage import Storage
from ffremote.jobs import claims, queries, queue, rescues, store
from ffremote.jobs.lists import pages
from ffremote.jobs.lists.filters import Filter
from ffremote.states import FailureReason, JobState, Phase
from tests.support.builders import HOLDER, WORKER, claim_job, queue_job, register_worker

TICK = claims.ProgressUpdate(
    Phase.TRANSCODING, 40, progress={"frame": 10}, pid=4711, pid_started=99
)
RESULT = claims.Result(3, "ab", {"duration": 1.0})


@pytest.fixture
def worker(session: Session) -> str:
    """The registered worker that holds the claims of these tests."""
    return register_worker(session, worker_id=WORKER)


def claim_next(session: Session, needs: str = "") -> claims.Claim | None:
    return queue.claim_next(session, worker_id=WORKER, holder=HOLDER, needs=frozenset({"", needs}))


@pytest.mark.usefixtures("worker")
def test_a_claim_goes_from_queue_to_result(session: Session, storage: Storage) -> None:
    job_id = queue_job(session, storage).id

    claim = claim_job(session)
    reported = claims.report(session, claim, TICK)
    completed = claims.complete(session, claim, RESULT)

    job = store.find(session, job_id)
    assert (reported, completed) == (True, True)
    assert (job.state, job.progress_percent, job.attempt) == (JobState.COMPLETED, 100, 1)
    assert (job.result_token, job.claim_token, job.pid) == (claim.token, None, None)
    assert claim_next(session) is None


@pytest.mark.usefixtures("worker")
def test_after_a_cancel_the_holder_can_change_nothing(session: Session, storage: Storage) -> None:
    job_id = queue_job(session, storage).id
    claim = claim_job(session)

    store.request_cancel(session, job_id)

    assert not claims.report(session, claim, TICK)
    assert not claims.complete(session, claim, RESULT)
    assert not claims.fail(session, claim, reason=FailureReason.UNKNOWN, message="no", details={})
    assert not claims.release(session, claim, message="no")
    assert store.find(session, job_id).state is JobState.CANCELED


@pytest.mark.usefixtures("worker")
def test_a_completed_job_cannot_be_canceled(session: Session, storage: Storage) -> None:
    job_id = queue_job(session, storage).id
    claims.complete(session, claim_job(session), RESULT)

    with pytest.raises(JobFinished):
        store.request_cancel(session, job_id)

    assert store.find(session, job_id).state is JobState.COMPLETED


@pytest.mark.usefixtures("worker")
def test_a_rescued_job_belongs_to_its_next_holder_alone(session: Session, storage: Storage) -> None:
    job_id = queue_job(session, storage).id
    first = claim_job(session)
    [hold] = rescues.holds(session)

    state = rescues.rescue(session, hold)
    second = claim_job(session)

    assert state is JobState.QUEUED
    assert not claims.report(session, first, TICK)
    assert not claims.complete(session, first, RESULT)
    assert claims.complete(session, second, RESULT)
    job = store.find(session, job_id)
    assert (job.attempt, job.losses, job.result_token) == (2, 1, second.token)


@pytest.mark.usefixtures("worker")
def test_a_holder_that_sent_a_heartbeat_meanwhile_keeps_its_claim(
    session: Session, storage: Storage
) -> None:
    queue_job(session, storage)
    claim = claim_job(session)
    [hold] = rescues.holds(session)
    claims.report(session, claim, TICK)

    assert rescues.rescue(session, hold) is None
    assert claims.report(session, claim, TICK)


@pytest.mark.usefixtures("worker")
def test_a_job_that_kills_three_workers_fails(session: Session, storage: Storage) -> None:
    job_id = queue_job(session, storage).id

    states = []
    for _ in range(rescues.MAX_LOSSES):
        claim_job(session)
        states += [rescues.rescue(session, hold) for hold in rescues.holds(session)]

    job = store.find(session, job_id)
    assert states == [JobState.QUEUED, JobState.QUEUED, JobState.FAILED]
    assert (job.error_reason, job.losses) == (FailureReason.WORKER_LOST, 3)
    assert job.finished_at is not None


@pytest.mark.usefixtures("worker")
def test_a_released_job_has_lost_no_attempt(session: Session, storage: Storage) -> None:
    job_id = queue_job(session, storage).id
    claim = claim_job(session)
    claims.report(session, claim, TICK)

    claims.release(session, claim, message="The worker stops.")

    job = store.find(session, job_id)
    assert (job.state, job.attempt, job.losses, job.progress_percent) == ("queued", 0, 0, 0)


@pytest.mark.usefixtures("worker")
def test_progress_never_falls_within_an_attempt(session: Session, storage: Storage) -> None:
    job_id = queue_job(session, storage).id
    claim = claim_job(session)

    claims.report(session, claim, replace(TICK, percent=60))
    claims.report(session, claim, replace(TICK, percent=30))

    assert store.find(session, job_id).progress_percent == 60


@pytest.mark.usefixtures("worker")
def test_a_priority_is_a_head_start(session: Session, storage: Storage) -> None:
    plain = queue_job(session, storage).id
    urgent = queue_job(session, storage, priority=5).id
    late = queue_job(session, storage, priority=-5).id

    positions = {
        job_id: queries.queue_position(session, store.find(session, job_id))
        for job_id in (plain, urgent, late)
    }
    order = [claim_job(session).job_id for _ in range(3)]

    assert positions == {urgent: 1, plain: 2, late: 3}
    assert order == [urgent, plain, late]


@pytest.mark.usefixtures("worker")
def test_a_worker_claims_only_what_it_can_do(session: Session, storage: Storage) -> None:
    queue_job(session, storage, needs=frozenset({"hevc_nvenc"}))

    assert queue.claimable_needs(session) == {"hevc_nvenc"}
    assert claim_next(session, needs="libx264") is None
    assert claim_next(session, needs="hevc_nvenc") is not None


@pytest.mark.usefixtures("worker")
def test_totals_follow_every_change(session: Session, storage: Storage, tmp_path: Path) -> None:
    for _ in range(3):
        queue_job(session, storage)
    claims.complete(session, claim_job(session), RESULT)
    store.request_cancel(session, claim_job(session).job_id)

    totals = {state: pages.newest(session, Filter((state,))).total for state in JobState}

    assert totals == {"queued": 1, "running": 0, "completed": 1, "failed": 0, "canceled": 1}
    assert pages.newest(session).total == 3
