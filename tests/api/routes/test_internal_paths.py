"""What nginx is told to send: a file of the data directory, or one behind a link of the depot."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.context import KEY
from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.support.api_jobs import JOBS, submit
from tests.support.depot_elsewhere import LINK, move_depot
from tests.support.worker_steps import complete

NGINX = {"X-Accel-Prefix": "/_files/"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings of a server behind nginx."""
    return settings.model_copy(update={"accel_prefix": "/_files/"})


def answer(client: FlaskClient, job_id: str) -> Mapping[str, str]:
    """Ask for a result as nginx does; return the headers."""
    return client.get(f"{JOBS}/{job_id}/result", headers=NGINX).headers


def test_nginx_sends_the_file_of_the_data_directory(
    client: FlaskClient, session: Session, storage: Storage
) -> None:
    job_id = submit(client)
    complete(session, storage)

    headers = answer(client, job_id)

    token = store.find(session, job_id).result_token
    assert headers["X-Accel-Redirect"] == f"/_files/{job_id}/{token}.result"


def test_nginx_follows_a_link_of_the_depot_and_the_headers_stay_ours(
    client: FlaskClient, session: Session, storage: Storage, tmp_path: Path
) -> None:
    job_id = submit(client)
    complete(session, storage)
    here = answer(client, job_id)
    context = client.application.extensions[KEY]
    key = f"jobs/{job_id}/{store.find(session, job_id).result_token}.result"
    copy = tmp_path / "copy"
    copy.write_bytes((storage.root / key).read_bytes())
    move_depot(context.storage, tmp_path / "elsewhere").keep(copy, key)

    there = answer(client, job_id)

    path = there["X-Accel-Redirect"]
    assert path.startswith("/_files/depot/https%3A%2F%2F")
    assert unquote(path.removeprefix("/_files/depot/")) == f"{LINK}900"
    for name in ("ETag", "Content-Type", "Content-Disposition", "Cache-Control"):
        assert there[name] == here[name]
