"""The list of jobs: kept up to date in place, narrowed, and acted upon."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from ffremote.ffmpeg import Failure
from ffremote.files.storage import Storage
from ffremote.jobs import claims
from ffremote.states import FailureReason
from tests.support.multipart import file_part, form, job_part
from tests.support.page import row
from tests.support.worker_steps import RESULT, claim, complete

FOCUS = "document.activeElement.getAttribute('aria-label')"


@pytest.fixture
def submit(client: FlaskClient) -> Callable[..., str]:
    """Submit a job whose result has this name."""

    def submit_one(name: str, **fields: object) -> str:
        sent = form(job_part(output_filename=name, **fields), file_part())
        return str(client.post("/api/v1/jobs", **sent).json["job_id"])

    return submit_one


@pytest.mark.slow
def test_a_completed_job_is_downloaded_and_its_files_are_deleted_after_a_question(
    page: Page, submit: Callable[..., str], session: Session, storage: Storage
) -> None:
    job_id = submit("small.mp4")
    complete(session, storage)

    with page.expect_download() as begun:
        row(page, job_id).get_by_role("link", name="Download small.mp4").click()
    assert begun.value.path().read_bytes() == RESULT
    assert begun.value.suggested_filename == "small.mp4"

    row(page, job_id).get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete files").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(row(page, job_id)).to_contain_text("files removed")
    expect(row(page, job_id).get_by_role("link", name="Download small.mp4")).to_have_count(0)


@pytest.mark.slow
def test_focus_and_selection_stay_while_rows_change(page: Page, submit: Callable[..., str]) -> None:
    first = submit("first.mp4")
    button = row(page, first).get_by_role("button")
    button.focus()
    page.evaluate(
        f"getSelection().selectAllChildren(document.querySelector('[data-key=\"{first}\"] .to'))"
    )

    second = submit("second.mp4")

    expect(row(page, second)).to_be_visible()
    assert page.evaluate(FOCUS) == "Cancel first.mp4"
    assert page.evaluate("getSelection().toString()") == "first.mp4"


@pytest.mark.slow
def test_a_cancel_asks_first(page: Page, submit: Callable[..., str], client: FlaskClient) -> None:
    job_id = submit("mine.mp4")
    cancel = row(page, job_id).get_by_role("button", name="Cancel mine.mp4")

    cancel.click()
    page.get_by_role("button", name="Keep it").click()
    kept = client.get(f"/api/v1/jobs/{job_id}/status").json["state"]
    focus = page.evaluate(FOCUS)
    cancel.click()
    page.get_by_role("button", name="Cancel it").click()

    assert (kept, focus) == ("queued", "Cancel mine.mp4")
    expect(row(page, job_id).get_by_role("button", name="Retry mine.mp4")).to_be_visible()
    assert client.get(f"/api/v1/jobs/{job_id}/status").json["state"] == "canceled"


@pytest.mark.slow
def test_a_failed_job_says_why_and_is_retried(
    page: Page, submit: Callable[..., str], session: Session
) -> None:
    job_id = submit("bad.mp4")
    fail_next(session)

    expect(row(page, job_id)).to_contain_text("The input is cut off.Send it again.")
    row(page, job_id).get_by_role("button", name="Retry bad.mp4").click()
    expect(page.locator(".row")).to_have_count(2)


@pytest.mark.slow
def test_foreign_names_are_text_and_hide_nothing(page: Page, submit: Callable[..., str]) -> None:
    markup = submit('<img src=x onerror="document.title=1">.mp4')
    long = submit("n" * 240 + ".mp4", labels={"film": "4\"2' <b>"})

    expect(row(page, markup)).to_contain_text('<img src=x onerror="document.title=1">.mp4')
    expect(row(page, long)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".rows img").count() == 0
    expect(row(page, long).get_by_role("link", name="film=4\"2' <b>")).to_be_visible()
    row(page, long).get_by_role("link").first.click()
    page.get_by_role("link", name="film=4\"2' <b>").click()
    expect(page.locator(".row")).to_have_count(1)


@pytest.mark.slow
def test_several_chosen_jobs_are_canceled_by_keyboard_alone(
    page: Page, submit: Callable[..., str], client: FlaskClient
) -> None:
    ids = [submit(f"{number}.mp4") for number in range(3)]
    expect(page.locator(".row")).to_have_count(3)

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("button", name="Cancel", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Cancel it").press("Enter")

    expect(page.locator(".row.canceled")).to_have_count(2)
    states = [client.get(f"/api/v1/jobs/{job_id}/status").json["state"] for job_id in ids]
    assert states == ["queued", "canceled", "canceled"]


@pytest.mark.slow
def test_filters_are_in_the_address_and_older_jobs_follow(
    page: Page, submit: Callable[..., str], session: Session
) -> None:
    for number in range(55):
        submit(f"film-{number}.mp4")
    claim(session)
    expect(page.get_by_text("50 of 55 jobs")).to_be_visible()

    page.get_by_role("button", name="Show older jobs").click()
    expect(page.locator(".row")).to_have_count(55)
    page.get_by_role("button", name="running 1").click()
    expect(page.locator(".row")).to_have_count(1)
    assert page.evaluate("location.hash") == "#/jobs?state=running"
    page.reload()
    expect(page.locator(".row")).to_have_count(1)
    expect(page).to_have_title("0 % · 1 running · ffremote")


@pytest.mark.slow
def test_jobs_are_found_by_name_and_by_day(page: Page, submit: Callable[..., str]) -> None:
    submit("holiday.mp4")
    submit("Lecture-1.mp4")
    expect(page.locator(".row")).to_have_count(2)

    page.keyboard.press("/")
    page.keyboard.type("lecture")
    expect(page.locator(".row")).to_have_text([re.compile("Lecture-1.mp4")])
    page.get_by_role("button", name="More filters").click()
    page.get_by_label("From").fill("2100-01-01")
    expect(page.get_by_text("No job matches these filters.")).to_be_visible()
    page.get_by_role("button", name="Clear all filters").click()

    expect(page.locator(".row")).to_have_count(2)


def fail_next(session: Session) -> None:
    """Claim the next job and let it fail."""
    failure = Failure(FailureReason.CORRUPT_INPUT, "The input is cut off.", "Send it again.")
    claims.fail(
        session,
        claim(session),
        reason=failure.reason,
        message=failure.message,
        details=failure.to_json(),
    )
