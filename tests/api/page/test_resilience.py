"""What happens around an open page: no stream of events, a wrong clock, two tabs, no worker."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, TimeoutError, expect

from tests.support.multipart import MEDIA, file_part, form, job_part
from tests.support.page import open_page, row
from tests.support.waiting import wait_for

BLOCKED = {
    "no EventSource": "delete window.EventSource",
    "refused": "window.EventSource = class extends EventSource {"
    " constructor() { super('/healthz'); } }",
}


def lose_bytes(route: Route) -> None:
    """Let no bytes of an upload reach the server."""
    if route.request.method == "PATCH":
        route.abort()
    else:
        route.continue_()


def submit(client: FlaskClient, name: str) -> str:
    sent = form(job_part(output_filename=name), file_part())
    return str(client.post("/api/v1/jobs", **sent).json["job_id"])


@pytest.mark.slow
@pytest.mark.parametrize("how", BLOCKED)
def test_without_a_stream_of_events_the_page_polls(
    browser: Browser, address: str, client: FlaskClient, how: str
) -> None:
    with open_page(browser, "about:blank") as page:
        page.add_init_script(BLOCKED[how])
        page.goto(address)
        expect(page.get_by_text("Every 2 s")).to_be_visible()

        job_id = submit(client, "polled.mp4")

        expect(row(page, job_id)).to_contain_text("polled.mp4")


@pytest.mark.slow
def test_ages_are_those_of_the_servers_clock(page: Page, client: FlaskClient) -> None:
    page.clock.install(time="2031-01-01T00:00:00Z")
    page.reload()
    job_id = submit(client, "now.mp4")
    page.clock.run_for(10_000)

    expect(row(page, job_id).locator(".age")).to_have_text("just now")


@pytest.mark.slow
def test_a_second_tab_leaves_the_uploads_of_the_first_alone(
    page: Page, address: str, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(MEDIA * 3)
    page.get_by_role("link", name="Send files").click()
    page.route("**/uploads/**", lose_bytes)
    page.set_input_files("#files", [film])
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".transfer")).to_contain_text("film.mp4")

    second = page.context.new_page()
    second.goto(f"{address}#/send")
    expect(second.locator(".command pre")).to_be_visible()
    expect(second.locator(".unfinished")).to_have_count(0)
    page.close()

    offered = second.locator(".unfinished")

    def is_offered() -> bool:  # a tab that closes may answer once more
        second.reload()
        try:
            offered.wait_for(timeout=2000)
        except TimeoutError:
            return False
        return True

    assert wait_for(is_offered)
    expect(offered).to_contain_text("film.mp4")


@pytest.mark.slow
def test_without_a_worker_the_page_says_that_jobs_wait(page: Page, client: FlaskClient) -> None:
    job_id = submit(client, "waits.mp4")

    expect(row(page, job_id)).to_contain_text("is alive")
    expect(page.locator(".health")).to_contain_text("No worker is alive")
    page.get_by_role("link", name="Workers").click()
    expect(page.locator(".service")).to_contain_text("ffremote-worker")
