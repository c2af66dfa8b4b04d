"""A real server and real workers on one data directory, used over HTTP."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.orm import Session

from ffremote.db.models import Job
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.states import Phase
from tests.support.paths import CHECKOUT
from tests.support.waiting import DEADLINE, wait_for

BIN = Path(sys.executable).parent
OTHER_HOST_WORKER = Path(__file__).with_name("other_host_worker.py")


def environ_of(data_dir: Path) -> dict[str, str]:
    """Return the environment of a child program that works on this data directory."""
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(data_dir.parent),
        "LANG": "C.UTF-8",
        "FFREMOTE_DATA_DIR": str(data_dir),
        "FFREMOTE_MIN_FREE_BYTES": "0",
        "PYTHONPATH": str(CHECKOUT),
    }


@dataclass
class Service:
    """Starts and stops the programs in `bin`; `url` is the API of the running server.

    They run in `cwd`, which Python puts before everything else on its path.
    """

    environ: dict[str, str]
    log: Path
    url: str = ""
    bin: Path = BIN
    cwd: Path | None = None
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def data_dir(self) -> Path:
        return Path(self.environ["FFREMOTE_DATA_DIR"])

    @property
    def storage(self) -> Storage:
        return Storage(self.data_dir)

    def start(self, *argv: str, **environ: str) -> subprocess.Popen[bytes]:
        program = [self.bin / argv[0], *argv[1:]]
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                program,
                env=self.environ | environ,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(child)
        return child

    def start_server(self, **environ: str) -> subprocess.Popen[bytes]:
        seen = len(self.text())
        child = self.start("ffremote-server", "--port", "0", **environ)
        found = wait_for(lambda: re.search(r"listening on (\S+)", self.text()[seen:]))
        self.url = f"{found[1]}/api/v1"
        return child

    def start_worker(
        self, *options: str, program: str = "ffremote-worker", **environ: str
    ) -> subprocess.Popen[bytes]:
        seen = self.text().count("slots, FFmpeg")
        child = self.start(program, *options, **environ)
        wait_for(lambda: self.text().count("slots, FFmpeg") > seen)
        return child

    def start_worker_elsewhere(self, *options: str, **environ: str) -> subprocess.Popen[bytes]:
        """Start a worker that seems to be on another host, with the same files and database."""
        return self.start_worker(str(OTHER_HOST_WORKER), *options, program="python", **environ)

    def text(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def stop(self) -> None:
        for child in self.running:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.send_signal(signal.SIGCONT)
        for child in self.running:
            try:
                child.wait(2)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGTERM)
                child.wait(DEADLINE)

    def submit(self, clip: Path, **job: Any) -> str:
        name = {} if "outputs" in job else {"output_filename": "out.mp4"}
        form = {"job": json.dumps(name | job)}
        with clip.open("rb") as file:
            response = requests.post(
                f"{self.url}/jobs", data=form, files={"file": file}, timeout=60
            )
        assert response.status_code == 202, response.text
        return str(response.json()["job_id"])

    def status(self, job_id: str) -> dict[str, Any]:
        response = requests.get(f"{self.url}/jobs/{job_id}/status", timeout=20)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def wait_until(self, job_id: str, *states: str) -> dict[str, Any]:
        def there() -> dict[str, Any] | None:
            found = self.status(job_id)
            if found["finished"] and found["state"] not in states:
                raise AssertionError(f"{found}\n{self.text()}")
            return found if found["state"] in states else None

        return wait_for(there)


def transcoding(session: Session, job_id: str) -> Job:
    """Wait until FFmpeg runs for a job; return its row."""

    def there() -> Job | None:
        job = store.find(session, job_id)
        assert not job.state.is_final, (job.state, job.error_details)
        return job if job.phase is Phase.TRANSCODING and job.pid else None

    found: Job = wait_for(there)
    session.expunge(found)
    return found


def family_of(pid: int) -> list[int]:
    """Return the PIDs of a process and its descendants, the deepest last (Linux)."""
    found = [pid]
    for parent in found:  # it grows while we walk
        found += children_of(parent)
    return found


def children_of(pid: int) -> list[int]:
    """Return the PIDs of a process's children (Linux)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text().split()]


def parent_of(pid: int | None) -> int:
    """Return the PID of a process's parent (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])
