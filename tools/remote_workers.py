"""Workers over HTTP beside a private service, each with a directory of its own.

The demo and the benchmarks use them: they know the URL of the server and a token, nothing else.
"""

import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools import up
from tools.private_service import ROOT, START_DEADLINE, Service, ServiceError

STOP_SECONDS = 20.0


@contextmanager
def running(service: Service, homes: list[Path], *options: str) -> Iterator[list[str]]:
    """Start a worker in each of `homes`; yield their ids once all of them have registered."""
    before = set(_alive(service))
    token = new_token(service)
    workers = [_start(service, home, token, *options) for home in homes]
    try:
        yield _wait_for(service, workers, before)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            try:
                worker.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


def new_token(service: Service) -> str:
    """Make a token of a worker; raise ServiceError."""
    name = f"demo-{secrets.token_hex(4)}"
    argv: list[str | Path] = [
        up.BIN / "flask",
        "--app",
        "ffremote",
        "token",
        "add",
        name,
        "--worker",
    ]
    done: subprocess.CompletedProcess[str] = subprocess.run(
        argv, env=service.environ, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ServiceError(f"no token was made: {done.stderr.strip()}")
    return done.stdout.strip()


def _start(service: Service, home: Path, token: str, *options: str) -> "subprocess.Popen[bytes]":
    home.mkdir(parents=True, exist_ok=True)
    with (home / "log").open("wb") as log:
        return subprocess.Popen(
            [up.BIN / "ffremote-worker", *options],
            env=_environ(service.environ, service.url, home, token),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=up.die_with_parent(),
        )


def _environ(environ: Mapping[str, str], url: str, home: Path, token: str) -> dict[str, str]:
    return dict(environ) | {
        "FFREMOTE_DATA_DIR": str(home / "data"),
        "FFREMOTE_WORKER_SERVER": url,
        "FFREMOTE_WORKER_TOKEN": token,
    }


def _wait_for(
    service: Service, workers: "list[subprocess.Popen[bytes]]", before: set[str]
) -> list[str]:
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline:
        if any(worker.poll() is not None for worker in workers):
            raise ServiceError("a worker has ended; its log is in its directory")
        found = [each for each in _alive(service) if each not in before]
        if len(found) == len(workers):
            return found
        time.sleep(0.1)
    raise ServiceError("not all workers have registered")


def _alive(service: Service) -> list[str]:
    items = service.get("/api/v1/workers")["items"]
    return [each["worker_id"] for each in items if each["state"] == "up"]
