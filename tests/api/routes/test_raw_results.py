"""Jobs whose results have no header: who may run them."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.db.models import Job
from ffremote.jobs import queue
from ffremote.ledger.needs import KEYS_2, OUTPUTS, SEQUENCE, SEVERAL
from tests.support.multipart import Part, file_part, form

JOBS = "/api/v1/jobs"
EARLIER = frozenset({SEVERAL, SEQUENCE, KEYS_2, OUTPUTS})


@pytest.mark.parametrize("container", ["s16le", "framemd5", "ffmetadata"])
def test_only_a_worker_that_knows_the_container_claims_its_job(
    client: FlaskClient, session: Session, container: str
) -> None:
    job = Part("job", f'{{"output_filename": "a.bin", "container": "{container}"}}'.encode())

    response = client.post(JOBS, **form(job, file_part()))

    assert response.status_code == 202, response.json
    needs = session.scalars(select(Job.needs)).one()
    assert ffmpeg.FORMATS in needs.split()
    others = frozenset(needs.split()) - {ffmpeg.FORMATS}
    earlier = frozenset({"", " ".join(sorted(others))}) | EARLIER
    assert queue.claim_next(session, worker_id="w", holder="h", needs=earlier) is None
    able = frozenset({needs})
    assert queue.claim_next(session, worker_id="w", holder="h", needs=able) is not None
