"""Below a path that a proxy leads to the server, the page sends, downloads and follows."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.storage import Storage
from tests.api.page.conftest import Serve
from tests.support.multipart import MEDIA
from tests.support.page import clip_upload, open_page
from tests.support.worker_steps import RESULT, complete

PREFIX = "/media/ff"


@pytest.fixture
def page(browser: Browser, serve: Serve, settings: Settings) -> Iterator[Page]:
    below = settings.model_copy(update={"url_prefix": PREFIX})
    address = "http://{}:{}".format(*serve(create_app(below), below))
    with open_page(browser, f"{address}{PREFIX}/") as opened:
        yield opened


@pytest.mark.slow
def test_every_request_of_the_page_is_below_the_prefix(
    page: Page, session: Session, storage: Storage
) -> None:
    paths: list[str] = []
    page.on("request", lambda request: paths.append(request.url.partition("://")[2]))

    page.get_by_role("link", name="Send files").click()
    page.set_input_files("#files", [clip_upload("film.mp4", MEDIA)])
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("link", name="its job").click()
    expect(page.locator(".timeline")).to_contain_text("Waits for a worker")
    complete(session, storage)
    expect(page.locator(".connection")).to_have_text("Live")
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download").click()

    assert begun.value.path().read_bytes() == RESULT
    assert len(paths) > 20
    assert [path for path in paths if not path.partition("/")[2].startswith("media/ff/")] == []
