"""axe finds nothing serious in any view, in both themes, on a desk and on a phone."""

from collections.abc import Iterator
from typing import Literal

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from tests.support.multipart import MEDIA, file_part, form, job_part
from tests.support.page import NARROW, WIDE, check_accessibility, clip_upload, open_page
from tests.support.worker_steps import complete

Scheme = Literal["light", "dark"]
ROWS: list[tuple[tuple[int, int], Scheme]] = [
    (WIDE, "light"),
    (NARROW, "dark"),
    (WIDE, "dark"),
    (NARROW, "light"),
]


@pytest.fixture(params=ROWS, ids=lambda row: f"{row[0][0]}-{row[1]}")
def shown(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    size, scheme = request.param
    with open_page(browser, address, size=size, color_scheme=scheme) as page:
        yield page


@pytest.mark.slow
def test_every_view_is_accessible_and_fits_its_width(
    shown: Page, client: FlaskClient, session: Session, storage: Storage
) -> None:
    job_id = client.post("/api/v1/jobs", **form(job_part(), file_part())).json["job_id"]
    complete(session, storage)
    client.post("/api/v1/jobs", **form(job_part(output_filename="b.mp4"), file_part()))
    views = {
        "#/jobs": ".row.completed",
        f"#/jobs/{job_id}": ".timeline .good",
        "#/send": ".command pre",
        "#/workers": ".limits",
    }

    found = {}
    for address, seen in views.items():
        shown.evaluate(f"location.hash = '{address}'")
        expect(shown.locator(seen).first).to_be_visible()
        if address == "#/send":
            shown.set_input_files("#files", [clip_upload(f"{n}.mp4", MEDIA) for n in (1, 2)])
            shown.get_by_label("One job with all of them").check()
        found[address] = check_accessibility(shown)
        width = shown.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[address] += [f"{width} pixels too wide"] if width > 0 else []
    shown.get_by_role("button", name="Help").click()
    found["help"] = check_accessibility(shown)

    assert {view: faults for view, faults in found.items() if faults} == {}
