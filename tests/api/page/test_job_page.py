"""The page of one job: facts, log, retry with changes, and a job that vanishes while it is open."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import delete
from sqlalchemy.orm import Session

from ffremote.db.models import Job
from ffremote.files.storage import Storage
from tests.support.multipart import file_part, form, job_part
from tests.support.worker_steps import claim, complete

HOSTILE = "\x1b[31mred\x1b[0m <b>bold</b>\r\x1b]0;title\x07frame= 1\nlast line\n"


@pytest.fixture
def job_id(client: FlaskClient) -> str:
    return str(client.post("/api/v1/jobs", **form(job_part(), file_part())).json["job_id"])


def open_job(page: Page, job_id: str) -> None:
    page.evaluate(f"location.hash = '/jobs/{job_id}'")
    expect(page.get_by_role("heading", name="out.mp4")).to_be_visible()


def test_a_job_is_followed_from_the_queue_to_its_result(
    page: Page, job_id: str, session: Session, storage: Storage
) -> None:
    open_job(page, job_id)
    expect(page.locator(".timeline")).to_contain_text("Waits for a worker")

    complete(session, storage)

    expect(page.get_by_role("link", name="Download")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("Completed")
    expect(page.locator(".facts")).to_contain_text("in.mp4")
    expect(page.locator(".facts")).to_contain_text("57 % smaller")
    expect(page.locator(".log pre")).to_contain_text("ffmpeg -i input")


@pytest.mark.slow
def test_a_log_with_escape_codes_is_plain_text_and_is_searched(
    page: Page, job_id: str, session: Session, storage: Storage
) -> None:
    taken = claim(session)
    storage.open_attempt(taken.job_id, taken.token, taken.upload_ids)
    log: Path = storage.log(taken.job_id, taken.token)
    log.write_text(HOSTILE)
    open_job(page, job_id)
    block = page.locator(".log pre")

    expect(block).to_have_text("red <b>bold</b>\nframe= 1\nlast line\n")
    with log.open("a") as more:
        more.write("later\n")
    expect(block).to_contain_text("later")
    page.get_by_label("Search the log").fill("LATER")

    expect(block).to_have_text("later")


@pytest.mark.slow
def test_a_job_that_vanishes_while_it_is_open_stays_readable(
    page: Page, job_id: str, session: Session
) -> None:
    open_job(page, job_id)

    session.execute(delete(Job).where(Job.id == job_id))
    session.commit()

    expect(page.get_by_text("This job has been removed from the server")).to_be_visible()
    expect(page.get_by_role("heading", name="out.mp4")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("This job does not exist")).to_be_visible()


@pytest.mark.slow
def test_an_ended_job_is_retried_with_a_changed_json(
    page: Page, job_id: str, client: FlaskClient, session: Session, storage: Storage
) -> None:
    complete(session, storage)
    open_job(page, job_id)

    page.get_by_role("link", name="Change and retry").click()
    editor = page.get_by_role("textbox", name="Job JSON")
    editor.fill('{"output_filename": "again.mp4", "video": {"crf": 99}}')
    expect(page.locator(".editor .field-error")).to_contain_text("video.crf is 99")
    editor.fill('{"output_filename": "again.mp4", "video": {"crf": 30}}')
    page.get_by_role("button", name="Queue the job").click()

    expect(page.get_by_role("heading", name="again.mp4")).to_be_visible()
    newest = client.get("/api/v1/jobs?limit=1").json["items"][0]
    assert (newest["output_filename"], newest["state"]) == ("again.mp4", "queued")
