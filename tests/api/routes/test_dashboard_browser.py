"""The dashboard in a real Chromium, with a token: it opens, downloads and keeps the focus."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote.api.access.auth import new_token
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.ffmpeg import Failure
from ffremote.files.storage import Storage
from ffremote.jobs import claims
from ffremote.states import FailureReason
from tests.support.browser import Browser
from tests.support.multipart import file_part, form, job_part
from tests.support.waiting import wait_for
from tests.support.worker_steps import RESULT, claim, complete

pytestmark = pytest.mark.timeout(240)
Serve = Callable[..., tuple[str, int]]
SECRET, ENTRY = new_token("page")
BEARER = {"Authorization": f"Bearer {SECRET}"}
FOCUS = "document.activeElement.getAttribute('aria-label')"


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings.model_copy(update={"tokens": ENTRY}))


@pytest.fixture
def page(serve: Serve, app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Browser]:
    """The dashboard of a server with tokens, after the token was entered."""
    address = serve(app, settings.model_copy(update={"tokens": ENTRY}))
    with Browser(tmp_path / "browser") as browser:
        browser.open("http://{}:{}/".format(*address))
        browser.wait("document.getElementById('token') && !document.getElementById('token').hidden")
        browser.run(
            f"document.querySelector('#token input').value = {json.dumps(SECRET)};"
            "document.getElementById('token').requestSubmit()"
        )
        browser.wait("document.querySelectorAll('#states button').length === 6")
        yield browser


def submit(client: FlaskClient, name: str) -> str:
    sent = form(job_part(output_filename=name), file_part())
    return str(client.post("/api/v1/jobs", headers=BEARER, **sent).json["job_id"])


def text_of(page: Browser, key: str) -> str:
    return str(page.run(f"document.querySelector('[data-key=\"{key}\"]').innerText"))


def refreshed(page: Browser, client: FlaskClient, name: str) -> None:
    """Submit a job and wait until the page shows it."""
    job_id = submit(client, name)
    page.wait(f"document.querySelector('[data-key=\"{job_id}\"]') !== null")


def test_the_page_opens_with_a_token_and_downloads(
    page: Browser, client: FlaskClient, session: Session, storage: Storage
) -> None:
    job_id = submit(client, "small.mp4")
    complete(session, storage)
    link = f"document.querySelector('[data-key=\"{job_id}\"] a')"
    page.wait(f"{link} && !{link}.hidden")

    page.run(f"{link}.click()")

    wait_for((page.downloads / "small.mp4").exists)
    assert (page.downloads / "small.mp4").read_bytes() == RESULT
    assert page.run("document.getElementById('token').hidden")

    client.delete(f"/api/v1/jobs/{job_id}/result", headers=BEARER)
    page.wait(f"{link}.hidden")
    assert "files removed" in text_of(page, job_id)


@pytest.mark.slow
def test_focus_and_selection_survive_a_refresh(page: Browser, client: FlaskClient) -> None:
    first = submit(client, "first.mp4")
    row = f"document.querySelector('[data-key=\"{first}\"]')"
    page.wait(f"{row} !== null")
    page.run(f"{row}.querySelector('button').focus()")
    page.run(f"getSelection().selectAllChildren({row}.querySelector('code'))")

    refreshed(page, client, "second.mp4")

    assert page.run(FOCUS) == "Cancel first.mp4"
    assert page.run("getSelection().toString()") == first[:8]
    page.run("document.querySelector('#states button').focus()")
    reached = []
    for number in range(9):
        page.press("Tab")
        reached.append(page.run(FOCUS))
        if number == 2:
            refreshed(page, client, "third.mp4")
    assert {"Cancel first.mp4", "Cancel second.mp4", "Cancel third.mp4"} <= set(reached)


def test_a_cancel_needs_confirmation(page: Browser, client: FlaskClient) -> None:
    job_id = submit(client, "mine.mp4")
    button = f"document.querySelector('[data-key=\"{job_id}\"] button')"
    page.wait(f"{button} !== null")

    page.run(f"{button}.click()")
    refreshed(page, client, "other.mp4")
    after_one = client.get(f"/api/v1/jobs/{job_id}/status", headers=BEARER).json["state"]
    page.wait(f"{button}.textContent === 'Cancel'")  # the confirmation has timed out
    page.run(f"{button}.click(); {button}.click()")

    assert after_one == "queued"
    page.wait(f"{button}.hidden")
    assert client.get(f"/api/v1/jobs/{job_id}/status", headers=BEARER).json["state"] == "canceled"


@pytest.mark.slow
def test_a_failed_job_says_why(page: Browser, client: FlaskClient, session: Session) -> None:
    job_id = submit(client, "bad.mp4")
    failure = Failure(FailureReason.CORRUPT_INPUT, "The input is cut off.", "Send it again.")
    taken = claim(session)
    claims.fail(
        session,
        taken,
        reason=failure.reason,
        message=failure.message,
        details=failure.to_json(),
    )

    page.wait(f"document.querySelector('[data-key=\"{job_id}\"] td.error') !== null")

    assert "The input is cut off. Send it again." in text_of(page, job_id)
