"""Take the pictures of the page in docs/, from a private server and worker.

    ./run screenshots                 # docs/page-*.png
    ./run screenshots FOLDER          # every view on a desk and a phone, light and dark

Needs the system's Chromium and ffmpeg. The jobs are made of the sample and of test pictures;
the plots show samples that are written for them.
"""

import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ffremote.clock import utc_now
from ffremote.db import database
from ffremote.db.journal.sample import Sample
from ffremote_cli import Client, JobFailed
from tools import private_service

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples/bigbuckbunny.mp4"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESK, PHONE = (1080, 640), (360, 740)
SETTLE_MS = 2500  # transitions, the first progress of a running job, the preview's first picture


@dataclass(frozen=True, slots=True)
class Shot:
    """A view: its address, what has to be visible, and what is done there first.

    `before` is done before the page is opened.
    """

    hash: str
    seen: str
    prepare: Callable[[Page], None] = lambda page: None
    before: Callable[[Page], None] = lambda page: None


def make_jobs(client: Client, folder: Path) -> Mapping[str, str]:
    """Make jobs of all kinds; return the ids of those whose pages are shown."""
    lecture = folder / "lecture.mov"
    source = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=120"]
    sound = ["-f", "lavfi", "-i", "sine=d=120", "-c:v", "libx264", "-preset", "ultrafast"]
    subprocess.run(["ffmpeg", "-v", "error", *source, *sound, lecture], check=True)
    broken = folder / "broken.mp4"
    broken.write_bytes(SAMPLE.read_bytes()[:60_000])
    small = {"preset": "small", "labels": {"film": "bunny"}}
    done = client.submit(SAMPLE, {**small, "output_filename": "big-buck-bunny.mp4"}).job_id
    client.wait(done)
    client.wait(client.submit(SAMPLE, {"preset": "mp3", "output_filename": "theme.mp3"}).job_id)
    failed = client.submit(broken, {"output_filename": "broken-small.mp4"}).job_id
    with suppress(JobFailed):  # it is to be shown
        client.wait(failed)
    slow = {"preset": "web-720p", "video": {"preset": "veryslow"}}
    running = client.submit(lecture, {**slow, "output_filename": "evening-lecture.mp4"}).job_id
    for name in ("talk.mp4", "concert.mkv", "holiday.mov"):
        client.submit(lecture, {"output_filename": name, "video": {"preset": "veryslow"}})
    client.cancel(client.submit(SAMPLE, {"preset": "gif", "output_filename": "loop.gif"}).job_id)
    return {"done": done, "failed": failed, "running": running}


def add_samples(data: Path) -> None:
    """Add an hour of samples, as a busy evening would have left them."""
    now = utc_now().replace(second=0, microsecond=0)
    engine = database.open_engine(f"sqlite:///{data}/ffremote.db")
    with database.session_maker(engine)() as session, database.writing(session):
        for minute in range(1, 60):
            wave = 1 + math.sin(minute / 8)
            values = {
                "queued": round(6 * wave),
                "running": min(4, round(4 * wave)),
                "completed": minute + minute // 3,
                "failed": minute // 20,
                "canceled": 0,
                "bytes_in": round(2e8 * minute + 6e8 * math.sin(minute / 5)) + 10**9,
                "bytes_out": round(8e7 * minute + 2e8 * math.sin(minute / 5)) + 10**9,
                "free_bytes": round(6e10 - 2e8 * minute + 4e9 * math.sin(minute / 9)),
                "workers": 2,
            }
            session.merge(Sample(at=now - timedelta(minutes=60 - minute), **values))
    engine.dispose()


DRAG = """() => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["x"], "film.mp4"));
  document.body.dispatchEvent(new DragEvent("dragenter", { dataTransfer, bubbles: true }));
}"""


def fill_in(page: Page) -> None:
    """Choose a file and what to make of it."""
    page.set_input_files("#files", [SAMPLE])
    page.get_by_label("Preset").select_option("small")
    page.get_by_label("Quality (CRF)").fill("26")


def choose(page: Page) -> None:
    """Choose two jobs of the list."""
    for number in (0, 1):
        page.locator(".row .pick").nth(number).check()


def ask(page: Page) -> None:
    """Begin to cancel the first job that can be."""
    page.locator(".row").get_by_role("button", name="Cancel").first.click()
    page.locator("dialog[open]").wait_for()


def require_a_token(page: Page) -> None:
    """Let the page see what a server with tokens answers."""
    error = {"code": "UNAUTHORIZED", "message": "A token is required.", "details": {}}
    page.route("**/api/v1/**", lambda route: route.fulfill(status=401, json={"error": error}))


def shots(jobs: Mapping[str, str]) -> Mapping[str, Shot]:
    """Return the views by the names of their pictures."""
    return {
        "jobs": Shot("#/jobs", ".row.running"),
        "send": Shot("#/send", ".command pre", fill_in),
        "job": Shot(f"#/jobs/{jobs['done']}", ".preview"),
        "failed": Shot(f"#/jobs/{jobs['failed']}", ".trouble"),
        "running": Shot(f"#/jobs/{jobs['running']}", ".live-progress"),
        "workers": Shot("#/workers", ".plot canvas"),
        "none": Shot("#/jobs?name=nothing", ".empty .button"),
        "chosen": Shot("#/jobs", ".row.running", choose),
        "question": Shot("#/jobs", ".row.running", ask),
        "drop": Shot("#/jobs", ".row.running", lambda page: page.evaluate(DRAG)),
        "help": Shot("#/jobs", ".row.running", lambda page: page.keyboard.press("?")),
        "sign-in": Shot("#/jobs", "form.sign-in", before=require_a_token),
    }


DOCS = ("jobs", "send", "job", "workers")


def take(browser: Browser, url: str, jobs: Mapping[str, str], folder: Path, *, every: bool) -> None:
    """Take the pictures of the docs, or those of every view in each form."""
    forms = [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")]
    for size, scheme in forms if every else forms[:1]:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
        )
        suffix = f"-{width}-{scheme}" if every else ""
        for name, shot in shots(jobs).items():
            if every or name in DOCS:
                path = folder / f"page-{name}{suffix}.png"
                take_one(context, f"{url}/{shot.hash}", shot, path=path, full_page=every)
        context.close()


def take_one(context: BrowserContext, address: str, shot: Shot, **picture: Any) -> None:
    """Take one picture."""
    page = context.new_page()
    shot.before(page)
    page.goto(address)
    page.locator(shot.seen).first.wait_for()
    shot.prepare(page)
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(**picture)
    page.close()


def shrink(picture: Path) -> None:
    """Store a picture with 128 colours, which is a third of the bytes."""
    small = picture.with_suffix(".small.png")
    palette = "split[a][b];[a]palettegen=max_colors=128[p];[b][p]paletteuse=dither=none"
    command: list[str | Path] = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-i",
        picture,
        "-filter_complex",
        palette,
        small,
    ]
    subprocess.run(command, check=True)
    small.replace(picture)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found is None:
        raise SystemExit("screenshots: no Chromium is here (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def main(folder: Path, *, every: bool) -> None:
    """Start everything, take the pictures, say how large they are."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, chromium() as browser:
        settings = {"FFREMOTE_CONCURRENCY": "1"}
        with private_service.running(Path(home), **settings) as service:
            jobs = make_jobs(Client(service.url), Path(home))
            add_samples(Path(home) / "data")
            take(browser, service.url, jobs, folder, every=every)
    for path in sorted(folder.glob("page-*.png")):
        shrink(path)
        print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) > 2 or sys.argv[-1].startswith("-"):
        raise SystemExit(__doc__)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    main(target, every=len(sys.argv) > 1)
