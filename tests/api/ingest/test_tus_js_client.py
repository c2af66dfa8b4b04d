"""tus-js-client from npm, unchanged."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.server_processes import Running
from tests.support.web_clients import WEB, install


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed tus-js-client."""
    return install(tmp_path_factory.mktemp("npm")) / "tus-js-client"


@pytest.fixture
def server(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    made = Running("ours", child_environ, tmp_path / "server.log")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\x00\x00\x00\x20ftyp" + os.urandom(9 << 20))
    return path


def upload(module: Path, server: Running, source: Path, **metadata: str) -> Any:
    argv = [
        "node",
        WEB / "tus_client.mjs",
        module,
        f"{server.url}/api/v1/uploads",
        source,
        str(4 << 20),
    ]
    done = subprocess.run([*argv, json.dumps(metadata)], capture_output=True, timeout=60)
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_it_uploads_a_file_with_its_job(module: Path, server: Running, source: Path) -> None:
    job = json.dumps({"output_filename": "a.mp4"})

    message = upload(module, server, source, filename="film.mp4", job=job)

    found = requests.get(message["url"]).json()
    assert found["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    jobs = requests.get(f"{server.url}/api/v1/jobs").json()["items"]
    assert [(job["state"], job["phase"]) for job in jobs] == [("queued", "queued")]


@pytest.mark.slow
def test_it_gets_the_reason_of_a_refused_job(module: Path, server: Running, source: Path) -> None:
    message = upload(module, server, source, job='{"output_filename":"a/b.mp4"}')

    assert message["status"] == 400
    assert json.loads(message["body"])["error"]["details"]["field"] == "output_filename"
