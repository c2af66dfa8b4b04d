"""`flask cleanup` at the command line."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.clock import utc_now
from ffremote.config import Settings, load_settings
from ffremote.db.models import Job
from ffremote.errors import ConfigurationError, JobNotFound
from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.support.builders import finish_job, update_row
from tests.support.multipart import file_part, form, job_part


def submit_and_cancel(client: FlaskClient) -> str:
    job_id = client.post("/api/v1/jobs", **form(job_part(), file_part())).json["job_id"]
    client.delete(f"/api/v1/jobs/{job_id}")
    return str(job_id)


def run(app: Flask, *arguments: str) -> Any:
    return app.test_cli_runner().invoke(args=["cleanup", *arguments])


def test_expired_results_are_removed(app: Flask, client: FlaskClient, storage: Storage) -> None:
    job_id = submit_and_cancel(client)

    kept = run(app)
    output = run(app, "--ttl", "0s", "--dry-run")
    still = client.get(f"/api/v1/jobs/{job_id}").json["expired_at"]
    removed = run(app, "--ttl", "0s")

    assert (kept.exit_code, kept.stdout) == (0, "")
    assert (output.exit_code, output.stdout, still) == (0, f"job {job_id}\n", None)
    assert (removed.exit_code, removed.stdout) == (0, f"job {job_id}\n")
    assert client.get(f"/api/v1/jobs/{job_id}").json["expired_at"] is not None
    assert list(storage.job_ids()) == []


@pytest.mark.parametrize("span", ["x", "10", "-1h", "1w"])
def test_a_malformed_duration_is_a_usage_error(app: Flask, span: str) -> None:
    refused = run(app, "--every", span)

    assert refused.exit_code == 2
    assert f"{span!r} is not a duration" in refused.stderr


def test_jobs_are_forgotten_after_the_days_of_the_setting(
    settings: Settings, session: Session, storage: Storage
) -> None:
    app = create_app(settings.model_copy(update={"history_days": 1}))
    job = finish_job(session, storage, ago=timedelta(days=2))
    update_row(session, Job, job.id, created_at=utc_now() - timedelta(days=2))

    with_files = run(app, "--dry-run").stdout
    first = run(app).stdout
    with pytest.raises(JobNotFound):
        store.find(session, job.id)

    assert "history" not in with_files
    assert first == f"job {job.id}\nhistory: 1 jobs\n"
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize("days", ["0", "-1", "many"])
def test_a_wrong_number_of_days_is_refused_with_its_name(days: str) -> None:
    with pytest.raises(ConfigurationError, match="FFREMOTE_HISTORY_DAYS"):
        load_settings({"FFREMOTE_HISTORY_DAYS": days})
