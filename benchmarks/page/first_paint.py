"""How soon a browser without a cache paints the page, and what it loads for that."""

import shutil
import statistics
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from tools.screenshots import CHROMIUMS

ROUNDS = 5
MEASURE = """() => {
  const kinds = ["navigation", "resource"];
  const entries = kinds.flatMap((kind) => performance.getEntriesByType(kind));
  const sum = (field) => entries.reduce((total, each) => total + each[field], 0);
  const paint = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  return [paint, sum("encodedBodySize") / 1000, sum("decodedBodySize") / 1000];
}"""


def measure(url: str) -> Iterator[tuple[str, str]]:
    """Yield what was measured, in words, and its figures."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        yield "first paint", "not measured: no Chromium is here"
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        _view(browser, url)  # the browser's own start
        views = [_view(browser, url) for _ in range(ROUNDS)]
        browser.close()
    paints = [paint for paint, *_ in views]
    _, packed, whole = views[-1]
    yield (
        "first paint, without a cache",
        f"{statistics.median(paints):.0f} ms, at most {max(paints):.0f}",
    )
    yield (
        "what it has loaded when jobs are seen",
        f"{packed:.0f} kB with gzip, {whole:.0f} kB without",
    )


def _view(browser: Browser, url: str) -> tuple[float, float, float]:
    """Open the page in a context of its own, which has no cache; return what it measured."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.goto(url)
    page.locator(".row").first.wait_for()
    paint, packed, whole = page.evaluate(MEASURE)
    context.close()
    return paint, packed, whole
