"""uppy, unchanged, on a page of another origin in a real browser: tus and CORS."""

import hashlib
import json
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from ffremote.api.access.auth import new_token
from ffremote.files.storage import Storage
from tests.support.server_processes import Running
from tests.support.web_clients import WEB, bundle, chromium, install

INPUT = b"\x00\x00\x00\x20ftyp" + os.urandom(9 << 20)
PAGE = b'<!doctype html><script type="module" src="/page.js"></script>'
DEADLINE = 60.0


@dataclass
class Site:
    """The page's own server; the page posts its outcome, which is put into `outcomes`."""

    script: bytes
    settings: dict[str, Any] = field(default_factory=dict)
    outcomes: queue.Queue[Any] = field(default_factory=queue.Queue)
    at_pause: Callable[[], None] = lambda: None
    port: int = 0

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve until the block ends."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def _files(self) -> dict[str, tuple[str, bytes]]:
        return {
            "/": ("text/html", PAGE),
            "/page.js": ("text/javascript", self.script),
            "/file": ("video/mp4", INPUT),
            "/settings.json": ("application/json", json.dumps(self.settings).encode()),
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/paused":
                    site.at_pause()
                kind, body = site._files().get(self.path, ("text/plain", b""))
                self._answer(kind, body)

            def do_POST(self) -> None:
                site.outcomes.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self._answer("text/plain", b"")

            def _answer(self, kind: str, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The page's script, bundled with uppy."""
    folder = tmp_path_factory.mktemp("npm")
    out = folder / "page.js"
    bundle(install(folder), WEB / "uppy_page.js", out)
    return out.read_bytes()


@pytest.fixture
def site(script: bytes) -> Iterator[Site]:
    made = Site(script)
    with made.open():
        yield made


def serve(stack: ExitStack, environ: dict[str, str], log: Path) -> Running:
    server = Running("ours", environ, log)
    server.start()
    stack.callback(server.kill)
    return server


def visit(url: str, profile: Path, site: Site) -> Any:
    """Open `url` in a new browser; return the outcome that the page posts."""
    quiet = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    quiet += ["--no-first-run", "--disable-background-networking", f"--user-data-dir={profile}"]
    with subprocess.Popen(
        [chromium(), *quiet, url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as browser:
        try:
            return site.outcomes.get(timeout=DEADLINE)
        finally:
            os.killpg(browser.pid, 9)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_listed_page_uploads_a_file_with_its_job_across_a_kill_of_the_server(
    site: Site, child_environ: dict[str, str], tmp_path: Path, storage: Storage
) -> None:
    secret, entry = new_token("page")
    allowed = {
        "FFREMOTE_TOKENS": entry,
        "FFREMOTE_ALLOWED_ORIGINS": f"http://localhost:{site.port}",
    }
    reached: list[int] = []
    with ExitStack() as stack:
        server = serve(stack, child_environ | allowed, tmp_path / "server.log")
        site.settings = {
            "endpoint": f"{server.url}/api/v1/uploads",
            "token": secret,
            "chunkSize": 1 << 20,
            "meta": {"job": json.dumps({"output_filename": "a.mp4"})},
        }

        def kill() -> None:
            server.kill()
            [upload_id] = storage.upload_ids()
            reached.append(storage.upload_partial(upload_id).stat().st_size)
            server.start()

        site.at_pause = kill
        outcome = visit(f"http://localhost:{site.port}/", tmp_path / "profile", site)

        assert (
            outcome.get("url", outcome)
            == f"{server.url}/api/v1/uploads/{outcome['document']['upload_id']}"
        )
        jobs = requests.get(
            f"{server.url}/api/v1/jobs", headers={"Authorization": f"Bearer {secret}"}, timeout=10
        ).json()["items"]
    assert reached[0] < len(INPUT)  # it was killed during the upload
    seen = {name: outcome["document"][name] for name in ("state", "filename", "sha256")}
    sha256 = hashlib.sha256(INPUT).hexdigest()
    assert seen == {"state": "complete", "filename": "film.mp4", "sha256": sha256}
    assert outcome["offset"] == str(len(INPUT))
    assert [(job["output_filename"], job["phase"]) for job in jobs] == [("a.mp4", "queued")]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_page_that_is_not_listed_uploads_nothing(
    site: Site, child_environ: dict[str, str], tmp_path: Path, storage: Storage
) -> None:
    allowed = {"FFREMOTE_ALLOWED_ORIGINS": f"http://localhost:{site.port}"}
    with ExitStack() as stack:
        server = serve(stack, child_environ | allowed, tmp_path / "server.log")
        site.settings = {"endpoint": f"{server.url}/api/v1/uploads", "meta": {}}

        outcome = visit(f"http://127.0.0.1:{site.port}/", tmp_path / "profile", site)

    assert "failed" in outcome
    assert list(storage.upload_ids()) == []
