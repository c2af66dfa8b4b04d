"""Programs of the previous version and of this one, side by side on one database."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ffremote.db import schema
from ffremote.version import __version__
from tests.support import postgresql, previous_version
from tests.support.service import Service
from tests.support.waiting import wait_for

POSTGRESQL = [
    pytest.mark.wide,
    pytest.mark.skipif(postgresql.missing() is not None, reason=str(postgresql.missing())),
]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        previous_version.missing() is not None, reason=str(previous_version.missing())
    ),
]
COPY = {"video": {"codec": "copy"}, "audio": False}
NEW = {"video": {"codec": "libx264", "preset": "ultrafast", "filters": ["hflip"]}, "audio": False}
"""A job that the previous version leaves alone."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=POSTGRESQL)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database; none is SQLite in the data directory."""
    if request.param == "sqlite":
        yield ""
        return
    with postgresql.cluster() as found:
        yield found


@pytest.fixture
def environ(child_environ: dict[str, str], tmp_path: Path, database_url: str) -> dict[str, str]:
    """The environment of programs on an empty data directory."""
    data = {"FFREMOTE_DATA_DIR": str(tmp_path / "empty"), "FFREMOTE_CONCURRENCY": "1"}
    return child_environ | data | {"FFREMOTE_DATABASE_URL": database_url}


@pytest.fixture
def new(environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    """This version."""
    made = Service(environ, tmp_path / "new.log")
    yield made
    made.stop()


@pytest.fixture
def old(environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    """The previous version, which has created its database."""
    home = tmp_path / "previous"
    programs = previous_version.extract(home)
    made = Service(
        environ | previous_version.environ(home), tmp_path / "old.log", bin=programs, cwd=home
    )
    run_flask(made, "db", "upgrade")
    yield made
    made.stop()


def run_flask(service: Service, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the service's version to its end."""
    argv = [service.bin / "flask", "--app", "ffremote", *words]
    return subprocess.run(
        argv, env=service.environ, cwd=service.cwd, capture_output=True, text=True, check=False
    )


def worker_of(service: Service, job_id: str) -> str:
    """Wait until the job is complete; return the version of the worker that ran it."""
    service.wait_until(job_id, "completed")
    worker_id = requests.get(f"{service.url}/jobs/{job_id}", timeout=20).json()["worker_id"]
    workers: list[dict[str, Any]] = requests.get(f"{service.url}/workers", timeout=20).json()[
        "items"
    ]
    return next(str(each["version"]) for each in workers if each["worker_id"] == worker_id)


def test_programs_of_both_versions_work_on_a_database_that_was_migrated_under_them(
    old: Service, new: Service, clip: Path
) -> None:
    old.start_server()
    old_worker = old.start_worker()
    first = worker_of(old, old.submit(clip, **COPY))
    refused = run_flask(new, "db", "upgrade")
    migrated = run_flask(new, "db", "upgrade", "-x", "live=yes")
    new.start_server()

    newer_job = new.submit(clip, **NEW)
    both_old = worker_of(old, old.submit(clip, **COPY))
    old_worker_only = worker_of(new, new.submit(clip, **COPY))
    waiting = new.status(newer_job)["state"]
    new.start_worker()
    ran_by_new = worker_of(new, newer_job)
    old_worker.send_signal(signal.SIGTERM)
    old_worker.wait()
    new_worker_only = worker_of(old, old.submit(clip, **COPY))

    assert "live=yes" in refused.stderr
    assert migrated.returncode == 0, migrated.stderr
    assert first == both_old == old_worker_only == "0.1.0"
    assert waiting == "queued"
    assert ran_by_new == new_worker_only == __version__


def test_programs_that_cannot_use_the_schema_say_what_to_do(old: Service, new: Service) -> None:
    new_worker = new.start("ffremote-worker")
    new_server = new.start("ffremote-server", "--port", "0")
    wait_for(lambda: (new_worker.poll(), new_server.poll()) == (1, 1))
    run_flask(new, "db", "upgrade")
    old_worker = old.start("ffremote-worker")
    old_server = old.start("ffremote-server", "--port", "0")
    wait_for(lambda: (old_worker.poll(), old_server.poll()) == (1, 1))

    assert new.text().count("at migration 0001, this program needs") == 2
    assert new.text().count("run: flask --app ffremote db upgrade") == 2
    assert old.text().count(f"The database is at migration {schema.HEAD}, newer than") == 2
    assert old.text().count("upgrade the program") == 2
