"""Jobs of a newer version, with phases and reasons that this one does not know, are served."""

from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.database import writing
from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.states import JobState
from tests.support.builders import WORKER, claim_job, queue_job, register_worker


def test_an_unknown_phase_is_shown_as_it_is(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    register_worker(session, worker_id=WORKER)
    job = queue_job(session, storage)
    claim_job(session)
    with writing(session):
        session.execute(update(Job).values(phase="fetching"))

    answers = [client.get(f"/api/v1/jobs{path}") for path in ("", f"/{job.id}")]
    status = client.get(f"/api/v1/jobs/{job.id}/status")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert status.json["phase"] == answers[1].json["phase"] == "fetching"


def test_an_unknown_reason_is_shown_as_it_is(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    job = queue_job(session, storage)
    ended = {"state": JobState.FAILED, "phase": None, "finished_at": utc_now()}
    with writing(session):
        session.execute(update(Job).values(**ended, error_reason="input_lost"))

    listed = client.get("/api/v1/jobs").json["items"][0]["error"]
    status = client.get(f"/api/v1/jobs/{job.id}/status").json["error"]

    assert listed["details"]["reason"] == status["details"]["reason"] == "input_lost"
