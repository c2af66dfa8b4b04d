"""HLS and DASH of a job, played by hls.js and dash.js in a real Chromium on another page."""

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.api.access.auth import new_token
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.files.storage import Storage
from tests.support.browser import Browser
from tests.support.builds import build_settings
from tests.support.job_directory import JobDirectory
from tests.support.multipart import file_part, form, job_part
from tests.support.packages import complete_package
from tests.support.web_clients import PLAYERS, WEB, install

pytestmark = pytest.mark.timeout(240)
Serve = Callable[..., tuple[str, int]]
SECRET, ENTRY = new_token("page")
SIZES = [{"height": 36}, {"height": 18, "bitrate": "100k"}]
PACKAGES = {
    "hls": {"type": "hls", "seconds": 1, "renditions": SIZES},
    "dash": {"type": "dash", "seconds": 1, "renditions": SIZES},
}


class Quiet(SimpleHTTPRequestHandler):
    """Serves a directory and logs nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The origin of a page with the players."""
    folder = tmp_path_factory.mktemp("players")
    modules = install(folder, PLAYERS)
    root = tmp_path_factory.mktemp("site")
    (root / "index.html").write_bytes((WEB / "player_page.html").read_bytes())
    (root / "hls.js").symlink_to(modules / "hls.js/dist/hls.min.js")
    (root / "dash.js").symlink_to(modules / "dashjs/dist/modern/umd/dash.all.min.js")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def publish(client: FlaskClient, session: Session, storage: Storage, made: JobDirectory) -> str:
    """Complete a job with the package that FFmpeg made; return its id."""
    files = ffmpeg.produced_files(made.plan, made.runtime.limits, {}, cwd=made.path)
    sent = form(job_part(output_filename="a.mp4"), file_part())
    job_id = client.post("/api/v1/jobs", **sent).json["job_id"]
    complete_package(
        session,
        storage,
        {each.name: (made.path / each.path).read_bytes() for each in files},
        types={each.name: each.content_type for each in files},
    )
    return str(job_id)


def played(page: Browser, kind: str, index: str) -> dict[str, Any]:
    """Play to the end; return the errors, and the times that the video had meanwhile."""
    page.run(f"play({json.dumps(kind)}, {json.dumps(index)})")
    found: dict[str, Any] = json.loads(page.wait("JSON.stringify(played || undefined)"))
    return found


@pytest.mark.slow
def test_packages_are_played_with_and_without_tokens(
    site: str,
    serve: Serve,
    settings: Settings,
    client: FlaskClient,
    session: Session,
    storage: Storage,
    binaries: ffmpeg.Binaries,
    clip: Path,
    tmp_path: Path,
) -> None:
    runtime = ffmpeg.make_runtime(build_settings(binaries))
    able = ffmpeg.read_capabilities(binaries)
    directory = JobDirectory(runtime, able, tmp_path / "job", clip)
    jobs = {}
    for kind, package in PACKAGES.items():
        directory.run(output_filename="a.zip", package=package)
        jobs[kind] = publish(client, session, storage, directory)
    outcomes = {}
    with Browser(tmp_path / "browser") as page:
        page.open(site)
        page.wait("Boolean(window.dashjs && window.Hls && window.play)")
        for tokens in ("", ENTRY):
            allowed = settings.model_copy(update={"allowed_origins": site, "tokens": tokens})
            server = "http://{}:{}".format(*serve(create_app(allowed), allowed))
            for kind, job_id in jobs.items():
                bearer = {"Authorization": f"Bearer {SECRET}"} if tokens else {}
                found = requests.get(
                    f"{server}/api/v1/jobs/{job_id}/files", headers=bearer, timeout=20
                ).json()
                index = f"{server}{found['base_path']}{found['items'][0]['name']}"
                outcomes[kind, tokens] = played(page, kind, index)

    for key, outcome in outcomes.items():
        times = outcome["times"]
        assert outcome["errors"] == [], key
        assert times == sorted(times), key
        assert times[-1] == pytest.approx(2, abs=0.2), key
