"""What every ledger has to do, on the database and over HTTP."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.db import database
from ffremote.db.models import Job, Worker
from ffremote.files.storage import Storage
from ffremote.jobs import store, submission, workers
from ffremote.ledger import needs
from ffremote.ledger.protocol import Ledger
from ffremote.ledger.values import (
    Claim,
    ClaimRequest,
    Description,
    NewWorker,
    ProgressUpdate,
    Result,
)
from ffremote.registry.sql_ledger import SqlLedger
from ffremote.states import FailureReason, JobState, Phase, WorkerState
from tests.support.builders import queue_job
from tests.support.http_worker import CAPABILITIES

KINDS = ("sql", "http")
PROGRESS = ffmpeg.Report(Phase.TRANSCODING, 5).to_json()


@dataclass
class Made:
    """A ledger with a registered worker, beside the database that it changes."""

    ledger: Ledger
    session: Session
    storage: Storage
    worker_id: str

    def request(self, *able: str) -> ClaimRequest:
        words = needs.ALL | set(able)
        return ClaimRequest(secrets.token_hex(16), self.worker_id, str(uuid.uuid4()), words)

    def claim(self) -> Claim:
        queue_job(self.session, self.storage)
        found = self.ledger.claim(self.request())
        assert found is not None
        return found

    def row(self, claim: Claim) -> Job:
        return store.find(self.session, claim.job_id)


@pytest.fixture(params=KINDS)
def made(
    request: pytest.FixtureRequest, engine: Engine, session: Session, storage: Storage
) -> Made:
    """One kind of ledger."""
    if request.param == "http":
        ledger: Ledger = request.getfixturevalue("remote").ledger
    else:
        ledger = SqlLedger(database.session_maker(engine), storage, lease_seconds=30)
    worker = NewWorker(str(uuid.uuid4()), 4, "9.0", "limits", CAPABILITIES)
    ledger.register(worker)
    return Made(ledger, session, storage, worker.id)


def test_a_worker_is_registered_and_hears_of_a_drain_with_its_heartbeat(made: Made) -> None:
    before = made.ledger.is_asked_to_drain(made.worker_id)
    workers.request_drain(made.session, made.worker_id)

    made.ledger.record_heartbeat(made.worker_id)
    after = made.ledger.is_asked_to_drain(made.worker_id)
    made.ledger.set_state(made.worker_id, WorkerState.DRAINING)

    row = made.session.get(Worker, made.worker_id, populate_existing=True)
    assert row is not None
    assert (before, after, row.state, row.concurrency) == (False, True, WorkerState.DRAINING, 4)


def test_without_a_job_there_is_no_claim(made: Made) -> None:
    assert made.ledger.claim(made.request()) is None


def test_a_job_is_claimed_only_by_a_worker_that_can_run_it(made: Made) -> None:
    queue_job(made.session, made.storage, needs=frozenset({"libx264"}))

    unable, able = (made.ledger.claim(made.request(*words)) for words in ((), ("libx264",)))

    assert unable is None
    assert able is not None and able.attempt == 1


def test_a_claim_whose_answer_was_lost_is_held_under_its_token(made: Made) -> None:
    claim = made.claim()

    assert made.ledger.held(claim.token) == claim
    assert made.ledger.held(secrets.token_hex(16)) is None


def test_the_inputs_of_a_claim_are_those_of_its_job(made: Made) -> None:
    claim = made.claim()

    [found] = made.ledger.inputs(claim)

    assert (found.upload_id, found.bytes, found.sha256) == (claim.upload_ids[0], 5, "cd")


def test_heartbeats_are_seen_until_the_job_is_canceled(made: Made) -> None:
    claim = made.claim()
    update = ProgressUpdate(Phase.TRANSCODING, 5, PROGRESS, "slowly")

    held = made.ledger.beat(claim, update)
    row = made.row(claim)
    seen = (row.phase, row.progress_percent, row.progress, row.message)
    submission.cancel(made.session, made.storage, claim.job_id, abort_upload=print)

    assert held and seen == (Phase.TRANSCODING, 5, PROGRESS, "slowly")
    assert not made.ledger.beat(claim, update)
    assert not made.ledger.describe(claim, Description("ffmpeg", [], {}))
    assert made.ledger.is_over(claim) and not made.ledger.is_published(claim)


def test_the_plan_is_recorded(made: Made) -> None:
    claim = made.claim()

    assert made.ledger.describe(claim, Description("ffmpeg -i x", ["w"], {"format": "mp4"}))

    row = made.row(claim)
    assert (row.command, row.warnings, row.input_facts) == ("ffmpeg -i x", ["w"], {"format": "mp4"})


def test_a_report_ends_a_job_with_facts_and_warnings(made: Made) -> None:
    claim = made.claim()
    ended = Result(None, None, {"measurements": {"a": 1}}, ("odd",), PROGRESS)

    assert made.ledger.complete(claim, ended)

    row = made.row(claim)
    assert (row.state, row.result_facts) == (JobState.COMPLETED, {"measurements": {"a": 1}})
    assert row.warnings == ["odd"]
    assert made.ledger.is_over(claim)


def test_a_failure_is_recorded_with_its_details(made: Made) -> None:
    claim = made.claim()
    failure = ffmpeg.Failure(
        FailureReason.BAD_FILTER, "No such filter.", "Look.", 1, 6, ("a line", "b")
    )

    assert made.ledger.fail(
        claim, reason=failure.reason, message=failure.message, details=failure.to_json()
    )

    row = made.row(claim)
    assert (row.state, row.error_reason) == (JobState.FAILED, FailureReason.BAD_FILTER)
    assert row.error_details == failure.to_json()


def test_a_released_job_is_queued_and_its_attempt_is_not_counted(made: Made) -> None:
    claim = made.claim()

    assert made.ledger.release(claim, message="Its worker stopped.")

    row = made.row(claim)
    assert (row.state, row.attempt, row.message) == (JobState.QUEUED, 0, "Its worker stopped.")
    assert not made.ledger.is_over(claim)


@pytest.mark.parametrize(
    "end",
    [
        lambda ledger, claim: ledger.complete(claim, Result(None, None, {})),
        lambda ledger, claim: ledger.fail(
            claim, reason=FailureReason.UNKNOWN, message="m", details={}
        ),
        lambda ledger, claim: ledger.release(claim, message="m"),
    ],
    ids=["complete", "fail", "release"],
)
def test_the_log_is_there_when_the_job_ends(
    made: Made, end: Callable[[Ledger, Claim], bool]
) -> None:
    claim = made.claim()
    made.storage.job_dir(claim.job_id).mkdir(exist_ok=True)
    path = made.ledger.log_path(claim)
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as log:
        log.write(b"ffmpeg\n\n" + b"a line\n" * 30_000)
    made.ledger.beat(claim, ProgressUpdate(Phase.TRANSCODING, 1))
    with path.open("ab") as log:
        log.write(b"the last line\n")

    assert end(made.ledger, claim)

    kept = made.storage.log(claim.job_id, claim.token).read_bytes()
    assert kept == path.read_bytes()
