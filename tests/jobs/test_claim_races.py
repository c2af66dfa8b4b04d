"""Many sessions at one instant: each claim goes to one, and the last of several uploads counts."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import queue, store
from tests.support.builders import (
    HOLDER,
    WORKER,
    arriving_upload,
    queue_for,
    queue_job,
    register_worker,
)
from tests.support.races import CROWD, race


def test_concurrent_claims_take_different_jobs(
    engine: Engine, session: Session, storage: Storage
) -> None:
    register_worker(session, worker_id=WORKER)
    jobs = {queue_job(session, storage).id for _ in range(CROWD)}
    claimed: list[str] = []

    def claim_all(own: Session) -> None:
        while claim := queue.claim_next(
            own, worker_id=WORKER, holder=HOLDER, needs=frozenset({""})
        ):
            claimed.append(claim.job_id)

    race(engine, claim_all)

    assert sorted(claimed) == sorted(jobs)


def test_uploads_that_complete_at_one_instant_make_their_job_claimable(
    engine: Engine, session: Session, storage: Storage
) -> None:
    arriving = [arriving_upload(session, storage) for _ in range(CROWD)]
    job = queue_for(session, storage, *arriving)
    left = iter(arriving)

    race(engine, lambda own: store.complete_upload(own, next(left), sha256="ab"))

    assert store.find(session, job.id).input_ready_at is not None
