"""Run a private server, worker and cleanup, on a free port and a new data directory.

The demo and the benchmarks use it. The operator's FFREMOTE_ settings are ignored, except those
that select FFmpeg and its confinement.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import up

ROOT = Path(__file__).resolve().parent.parent
START_DEADLINE = 120.0  # a first start tries FFmpeg's encoders, and machines are busy
KEPT = ("FFREMOTE_FFMPEG", "FFREMOTE_FFPROBE", "FFREMOTE_SANDBOX")


class ServiceError(Exception):
    """The service does not start or has ended; the message has the reason."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: its address, its supervisor, and the environment of its programs."""

    url: str
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> Any:
        """Return the JSON of an API path."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as response:
            return json.load(response)


@contextmanager
def running(home: Path, **settings: str) -> Iterator[Service]:
    """Migrate, start and wait until ready; stop at the end. Output is in `home/log`."""
    with _running(home, settings) as service:
        wait_until_ready(service)
        yield service


@contextmanager
def running_without_worker(home: Path, **settings: str) -> Iterator[Service]:
    """Do the same without a worker, and wait until the server answers."""
    with _running(home, settings, up.NO_WORKER) as service:
        wait_until_ready(service, "/healthz")
        yield service


@contextmanager
def _running(home: Path, settings: Mapping[str, str], *options: str) -> Iterator[Service]:
    home.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    environ = _environ(home, port) | dict(settings)
    with log_of(home).open("wb") as log:
        _migrate(environ, log)
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.up", *options],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=up.die_with_parent(),
        )
    service = Service(f"http://127.0.0.1:{port}", environ, process)
    try:
        yield service
    finally:
        process.terminate()
        process.wait()  # it always ends, since it kills its children in the end


def log_of(home: Path) -> Path:
    """Return where the output of the service in `home` is."""
    return home / "log"


def _environ(home: Path, port: int) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FFREMOTE_") or name in KEPT
    }
    return kept | {
        "FFREMOTE_DATA_DIR": str(home / "data"),
        "FFREMOTE_HOST": "127.0.0.1",
        "FFREMOTE_PORT": str(port),
        "FFREMOTE_SERVER": f"http://127.0.0.1:{port}",
        "FFREMOTE_MIN_FREE_BYTES": "0",
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _migrate(environ: Mapping[str, str], log: Any) -> None:
    argv = [str(up.BIN / "flask"), "--app", "ffremote", "db", "upgrade"]
    done = subprocess.run(argv, env=environ, stdout=log, stderr=log, check=False)
    if done.returncode:
        raise ServiceError("the database could not be migrated")


def wait_until_ready(service: Service, path: str = "/readyz") -> None:
    """Wait until a path answers with success; raise ServiceError."""
    deadline = time.monotonic() + START_DEADLINE
    reason = ""
    while time.monotonic() < deadline:
        if service.process.poll() is not None:
            raise ServiceError(f"it ended with status {service.process.returncode}")
        try:
            service.get(path)
            return
        except OSError as exc:  # also a 503
            reason = str(exc)
        time.sleep(0.1)
    raise ServiceError(f"not ready after {START_DEADLINE:.0f} s: {reason}")
