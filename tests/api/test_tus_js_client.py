"""The tus client of the web, unchanged, from npm."""

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from servers import Running

VERSION = "4.3.1"
SCRIPT = Path(__file__).with_name("tus_client.mjs")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tus-js-client, installed for this run."""
    if shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("CI needs node and npm")
        pytest.skip("no npm here: tus-js-client was NOT tested")
    folder = tmp_path_factory.mktemp("npm")
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(
        [*command, "--prefix", folder, f"tus-js-client@{VERSION}"],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )
    if done.returncode:  # no network, or a registry that this environment does not trust
        if os.environ.get("CI"):
            pytest.fail(f"CI needs tus-js-client: {done.stderr}")
        pytest.skip(f"npm cannot fetch it here, so it was NOT tested: {done.stderr[-200:]}")
    return folder / "node_modules" / "tus-js-client"


@pytest.fixture
def server(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    made = Running("ours", child_environ, tmp_path / "server.log")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\x00\x00\x00\x20ftyp" + os.urandom(9 << 20))
    return path


def upload(module: Path, server: Running, film: Path, **metadata: str) -> Any:
    argv = ["node", SCRIPT, module, f"{server.url}/api/v1/uploads", film, str(4 << 20)]
    done = subprocess.run([*argv, json.dumps(metadata)], capture_output=True, timeout=60)
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


def test_it_uploads_a_film_with_its_job(module: Path, server: Running, film: Path) -> None:
    job = json.dumps({"output_filename": "a.mp4"})

    said = upload(module, server, film, filename="film.mp4", job=job)

    found = requests.get(said["url"]).json()
    assert found["sha256"] == hashlib.sha256(film.read_bytes()).hexdigest()
    jobs = requests.get(f"{server.url}/api/v1/jobs").json()["items"]
    assert [(job["state"], job["phase"]) for job in jobs] == [("queued", "queued")]


def test_it_hears_why_a_job_is_refused(module: Path, server: Running, film: Path) -> None:
    said = upload(module, server, film, job='{"output_filename":"a/b.mp4"}')

    assert said["status"] == 400
    assert json.loads(said["body"])["error"]["details"]["field"] == "output_filename"
