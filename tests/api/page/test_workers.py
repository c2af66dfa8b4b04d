"""The page of the workers: what each runs and can do, and the switch that stops its claims."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.support.builders import claim_job, register_worker
from tests.support.multipart import file_part, form, job_part


@pytest.mark.slow
def test_a_worker_shows_what_it_runs_and_is_drained_and_undrained(
    page: Page, client: FlaskClient, session: Session
) -> None:
    worker_id = register_worker(session)
    client.post("/api/v1/jobs", **form(job_part(output_filename="runs.mp4"), file_part()))
    claim_job(session, worker_id=worker_id)
    page.get_by_role("link", name="Workers").click()
    worker = page.locator(".worker")

    expect(worker).to_contain_text("runs.mp4")
    expect(worker).to_contain_text("1 of ")
    worker.get_by_role("button", name="Drain ").click()
    expect(page.locator(".notices")).to_contain_text("takes no more jobs")
    expect(worker.get_by_role("button", name="Undrain ")).to_be_visible()
    [drained] = client.get("/api/v1/workers").json["items"]
    worker.get_by_role("button", name="Undrain ").click()
    expect(page.locator(".notices")).to_contain_text("takes jobs again")

    assert drained["drain_requested_at"] is not None
    [now] = client.get("/api/v1/workers").json["items"]
    assert now["drain_requested_at"] is None
