"""A worker over HTTP that has claimed a job."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from tests.support.builders import queue_job
from tests.support.http_worker import HttpWorker, add_token


@pytest.fixture
def worker(client: FlaskClient, session: Session) -> HttpWorker:
    """A registered worker."""
    made = HttpWorker(client, add_token(session))
    assert made.register().status_code == 200
    return made


@pytest.fixture
def busy(worker: HttpWorker, session: Session, storage: Storage) -> HttpWorker:
    """A worker that holds a job."""
    queue_job(session, storage)
    assert worker.claim().status_code == 200
    return worker
