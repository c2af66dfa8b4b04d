"""Logs of attempts in rows."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import claims, retention
from ffremote.jobs.fleet import job_logs
from ffremote.ledger.values import Claim
from tests.support.builders import claim_job, queue_job


@pytest.fixture
def claim(session: Session, storage: Storage) -> Claim:
    """A claimed job."""
    queue_job(session, storage)
    return claim_job(session)


def add(session: Session, claim: Claim, piece: bytes, offset: int) -> int:
    return job_logs.add(session, claim.job_id, claim.token, piece, offset=offset)


def test_pieces_are_one_log_whatever_is_sent_twice(session: Session, claim: Claim) -> None:
    sizes = [
        add(session, claim, b"ffmpeg ", 0),
        add(session, claim, b"ffmpeg ", 0),
        add(session, claim, b"mpeg -i x\0", 2),
        add(session, claim, b"behind a gap", 40),
    ]

    assert sizes == [7, 7, 12, 12]
    assert job_logs.read(session, claim.job_id, claim.token) == b"ffmpeg -i x\0"


def test_a_worker_that_lost_its_claim_adds_nothing(session: Session, claim: Claim) -> None:
    add(session, claim, b"first", 0)
    claims.release(session, claim, message="")

    late = add(session, claim, b" more", 5)

    assert late == 5
    assert job_logs.read(session, claim.job_id, claim.token) == b"first"


def test_the_log_of_the_next_attempt_replaces_it(session: Session, claim: Claim) -> None:
    add(session, claim, b"first", 0)
    claims.release(session, claim, message="")
    second = claim_job(session)

    add(session, second, b"second", 0)

    assert job_logs.read(session, claim.job_id, claim.token) == b""
    assert job_logs.read(session, claim.job_id, second.token) == b"second"


def test_a_log_goes_with_the_files_of_its_job(
    session: Session, storage: Storage, claim: Claim
) -> None:
    add(session, claim, b"text", 0)
    claims.release(session, claim, message="")
    retention.store.request_cancel(session, claim.job_id)

    retention.expire_jobs(session, storage, ttl=timedelta(0))

    assert job_logs.read(session, claim.job_id, claim.token) == b""
