"""Jobs that only describe their inputs, over HTTP, before a worker has them."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote.db.models import Job
from ffremote.jobs import queue
from ffremote.ledger import needs
from tests.support.multipart import Part, file_part, form

JOBS = "/api/v1/jobs"
PROBE = Part("job", b'{"probe": true}')


def test_only_a_worker_that_knows_probes_claims_one(client: FlaskClient, session: Session) -> None:
    response = client.post(JOBS, **form(PROBE, file_part()))

    assert response.status_code == 202, response.json
    job = session.scalars(select(Job)).one()
    assert needs.PROBE in job.needs.split()
    assert (job.output_estimate_bytes, job.output_filename) == (0, "")
    earlier = frozenset({"", "libx264", needs.SEVERAL, needs.SEQUENCE, needs.KEYS_2})
    assert queue.claim_next(session, worker_id="w", holder="h", needs=earlier) is None


def test_a_dry_run_shows_the_command_of_ffprobe(client: FlaskClient) -> None:
    planned = client.post(f"{JOBS}?dry_run=1", json={"probe": True}).json

    assert planned["argv"][0] == "ffprobe"
    assert planned["argv"][-2:] == ["-i", "file:input"]
    assert "-format_whitelist" in planned["argv"]
    assert planned["command"].startswith("ffprobe -hide_banner ")


@pytest.mark.parametrize("key", ["container", "preset"])
def test_a_key_for_a_result_is_refused(client: FlaskClient, key: str) -> None:
    response = client.post(
        JOBS, **form(Part("job", json.dumps({"probe": True, key: "mp4"}).encode()), file_part())
    )

    assert response.status_code == 400
    assert response.json["error"]["code"] == "INVALID_ARGUMENT"
