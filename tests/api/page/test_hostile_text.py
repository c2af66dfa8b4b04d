"""Hostile names, labels and values of fields are text on every view of the page."""

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.security.page_payloads import NAMES
from tests.support.multipart import Part, file_part, form, job_part
from tests.support.page import row

pytestmark = pytest.mark.security


@pytest.mark.slow
def test_hostile_names_and_labels_are_text_on_every_view(page: Page, client: FlaskClient) -> None:
    jobs = {submit(client, name): name for name in NAMES}

    for job_id in jobs:
        expect(row(page, job_id)).to_be_visible()
    assert_harmless(page)
    for job_id, name in jobs.items():
        page.evaluate("id => { location.hash = `#/jobs/${id}` }", job_id)
        expect(page.locator(".timeline .label")).to_have_count(1)
        page.evaluate("name => { location.hash = `#/jobs?name=${name}` }", name)
        expect(page.locator(".filters")).to_be_visible()
        assert_harmless(page)
    page.evaluate("name => { location.hash = `#/${name}` }", NAMES[0])
    expect(page.get_by_text("There is no such page")).to_be_visible()
    assert_harmless(page)


def assert_harmless(page: Page) -> None:
    """Check that no text became an element, ran, or made the page wider than its window."""
    assert page.title() != "1" and page.title().endswith("ffremote")
    assert page.locator("main img, main svg[onload], main script, main b").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def submit(client: FlaskClient, name: str) -> str:
    """Submit a job with a name for its result, its input and a label; return its id."""
    source = Part("file", file_part().body, name.replace('"', "%22"))
    for result in (name, "out.mp4"):  # a name that is no plain one is refused
        job = job_part(output_filename=result, labels={"film": name[:200]})
        response = client.post("/api/v1/jobs", **form(job, source))
        if response.status_code == 202:
            break
    return str(response.json["job_id"])
