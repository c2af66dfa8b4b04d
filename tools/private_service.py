"""A server, worker and cleanup of one's own, on a free port and a data directory of one's own.

The demo and the benchmarks use it. The operator's FFREMOTE_ settings are left out, but for which
FFmpeg to run and how.
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
START_DEADLINE = 120.0  # a first start asks FFmpeg for much, and machines are busy
KEPT = ("FFREMOTE_FFMPEG", "FFREMOTE_FFPROBE", "FFREMOTE_SANDBOX")


class ServiceError(Exception):
    """The service does not start or does not stay; the message says how."""


@dataclass(frozen=True, slots=True)
class Service:
    """A running service: where it listens, its supervisor, and the environment of its programs."""

    url: str
    environ: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def get(self, path: str) -> Any:
        """Return the JSON of an API path."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
            return json.load(answer)


@contextmanager
def running(home: Path, **settings: str) -> Iterator[Service]:
    """Migrate, start and wait until ready; stop on the way out. All output is in `home/log`."""
    home.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    environ = _environ(home, port) | settings
    with log_of(home).open("wb") as log:
        _migrate(environ, log)
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.up"],
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
        _wait_until_ready(service)
        yield service
    finally:
        process.terminate()
        process.wait()  # it kills its own children in the end, so it always ends


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


def _wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + START_DEADLINE
    reason = ""
    while time.monotonic() < deadline:
        if service.process.poll() is not None:
            raise ServiceError(f"it ended with status {service.process.returncode}")
        try:
            service.get("/readyz")
            return
        except OSError as exc:  # also an answer of 503
            reason = str(exc)
        time.sleep(0.1)
    raise ServiceError(f"not ready after {START_DEADLINE:.0f} s: {reason}")
