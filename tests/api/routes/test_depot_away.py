"""Responses while the depot does not answer: they say when to ask again."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.depot.local import LocalDepot
from ffremote.depot.protocol import DepotAway
from ffremote.files.storage import Storage
from tests.support.api_jobs import JOBS, submit
from tests.support.worker_steps import RESULT, complete

AWAY = "The depot does not answer."


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Make every depot of this process one that does not answer; `undo` brings it back."""

    def refuse(*_: object, **__: object) -> None:
        raise DepotAway(AWAY)

    for name in ("keep", "keep_all", "fetch", "size", "open", "remove", "remove_all", "check"):
        monkeypatch.setattr(LocalDepot, name, refuse)
    return monkeypatch


@pytest.fixture
def completed(client: FlaskClient, session: Session, storage: Storage) -> str:
    """The id of a job with a result."""
    job_id = submit(client)
    complete(session, storage)
    return job_id


def test_a_download_is_a_503_until_the_depot_answers(
    client: FlaskClient, completed: str, away: pytest.MonkeyPatch
) -> None:
    refused = client.get(f"{JOBS}/{completed}/result")
    away.undo()
    sent = client.get(f"{JOBS}/{completed}/result")

    assert (refused.status_code, refused.get_json()["error"]["code"]) == (
        503,
        "SERVICE_UNAVAILABLE",
    )
    assert int(refused.headers["Retry-After"]) > 0
    assert (sent.status_code, sent.data) == (200, RESULT)


def test_a_service_without_its_depot_is_not_ready(
    client: FlaskClient, away: pytest.MonkeyPatch
) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.get_json()["checks"]["storage"]) == (503, AWAY)
