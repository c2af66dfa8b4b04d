"""The page in the system's Chromium, driven by Playwright."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.web_clients import WEB, chromium

AXE = WEB / "vendor/axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
DEADLINE_MS = 30_000
WIDE, NARROW = (1280, 860), (360, 760)
# What a test itself makes: a request that the server refuses, or a server that is away.
EXPECTED = re.compile(r"Failed to load resource|EventSource's response")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Start the browser; it has no network but this machine's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def open_page(
    browser: Browser, url: str, *, size: tuple[int, int] = WIDE, **options: Any
) -> Iterator[Page]:
    """Open the page in a context of its own; fail for each error of its script or its policy."""
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    context.set_default_timeout(DEADLINE_MS)
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type in ("error", "warning") and not EXPECTED.match(message.text)
            else None
        ),
    )
    page.goto(url)
    yield page
    assert faults == []
    _forget(context)


def _forget(context: BrowserContext) -> None:
    context.close()


def row(page: Page, job_id: str) -> Any:
    """Return the row of a job in the list."""
    return page.locator(f'[data-key="{job_id}"]')


def check_accessibility(page: Page) -> list[str]:
    """Return what axe finds that is serious or critical."""
    if not page.evaluate("typeof axe === 'object'"):
        run_outside_the_policy(page, AXE.read_text())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def run_outside_the_policy(page: Page, script: str) -> None:
    """Run a script that the page's own policy would refuse."""
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": script})
    session.detach()


def clip_upload(name: str, data: bytes) -> dict[str, Any]:
    """Return a file as `set_input_files` takes it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def written(path: Path, data: bytes) -> Path:
    """Write a file and return its path."""
    path.write_bytes(data)
    return path
