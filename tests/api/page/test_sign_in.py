"""A server with tokens: the page asks for one, keeps a cookie, and asks again once it ends."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from ffremote.api.access.auth import new_token
from ffremote.config import Settings
from ffremote.db.token import TokenKind
from ffremote.files.storage import Storage
from ffremote.jobs import tokens
from tests.api.page.conftest import Serve
from tests.support.multipart import MEDIA, file_part, form, job_part
from tests.support.page import check_accessibility, clip_upload, open_page, row
from tests.support.worker_steps import RESULT, complete

SECRET, ENTRY = new_token("page")


@pytest.fixture
def page(
    browser: Browser, serve: Serve, app: Flask, settings: Settings, session: Session
) -> Iterator[Page]:
    """The page of a server with one token in its database."""
    add_token(session, "page", ENTRY)
    with open_page(browser, "http://{}:{}/".format(*serve(app, settings))) as opened:
        yield opened


def add_token(session: Session, name: str, entry: str) -> None:
    hashed = entry.rpartition(":")[2]
    tokens.add(session, name=name, kind=TokenKind.CLIENT, hashed=hashed, lifetime=None)


def sign_in(page: Page, secret: str) -> None:
    page.get_by_label("Token").fill(secret)
    page.get_by_role("button", name="Sign in").click()


def test_a_token_opens_the_page_and_downloads_without_being_in_an_address(
    page: Page, client: FlaskClient, session: Session, storage: Storage
) -> None:
    sent = form(job_part(output_filename="small.mp4"), file_part())
    bearer = {"Authorization": f"Bearer {SECRET}"}
    job_id = client.post("/api/v1/jobs", headers=bearer, **sent).json["job_id"]
    complete(session, storage)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))

    assert check_accessibility(page) == []
    sign_in(page, "wrong")
    expect(page.get_by_text("The server does not know this token.")).to_be_visible()
    sign_in(page, SECRET)
    with page.expect_download() as begun:
        row(page, job_id).get_by_role("link", name="Download small.mp4").click()

    assert begun.value.path().read_bytes() == RESULT
    assert not [address for address in addresses if SECRET in address]
    assert SECRET not in str(page.evaluate("[localStorage, sessionStorage, document.cookie]"))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Token")).to_be_visible()


@pytest.mark.slow
def test_a_token_that_is_revoked_while_the_page_is_open_is_asked_for_again(
    page: Page, session: Session
) -> None:
    sign_in(page, SECRET)
    expect(page.get_by_text("No jobs yet")).to_be_visible()
    page.keyboard.press("n")
    page.set_input_files("#files", [clip_upload("sent.mp4", MEDIA)])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".transfer.done")).to_contain_text("sent.mp4")
    page.keyboard.press("l")

    tokens.revoke(session, "page")
    secret, entry = new_token("other")
    add_token(session, "other", entry)

    expect(page.get_by_label("Token")).to_be_visible()
    sign_in(page, secret)
    expect(page.locator(".row")).to_contain_text("sent.mp4")
    expect(page.locator(".connection")).to_have_text("Live")
