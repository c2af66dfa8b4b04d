"""The time from the reply of a server to the start of the job on another host."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import latency
from tests.support import postgresql
from tests.support.server_processes import free_port
from tools.private_service import Service
from tools.up import BIN

WAIT_SECONDS = 60.0


def measure(settings: Mapping[str, str], scratch: Path) -> None:
    """Print it for a server and a worker that share PostgreSQL and a bucket only."""
    if reason := postgresql.missing():
        print(f"  not measured: {reason}")
        return
    print("  a worker on another host, which hears of a job by PostgreSQL")
    with ExitStack() as stack:
        cluster = stack.enter_context(postgresql.running(fsync=True))
        environ = _environ(settings, cluster.url)
        here = environ | {"FFREMOTE_DATA_DIR": str(scratch / "server host")}
        there = environ | {"FFREMOTE_DATA_DIR": str(scratch / "worker host")}
        subprocess.run(
            [BIN / "flask", "--app", "ffremote", "db", "upgrade"],
            env=here,
            check=True,
            stderr=subprocess.DEVNULL,
        )
        server = stack.enter_context(_program("ffremote-server", here, scratch))
        stack.enter_context(_program("ffremote-worker", there, scratch))
        service = Service(f"http://127.0.0.1:{here['FFREMOTE_PORT']}", here, server)
        _wait_until_ready(service)
        latency.measure(service, scratch)


def _environ(settings: Mapping[str, str], database: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    address = settings["FFREMOTE_STORAGE_URL"].replace("/bench?", "/bench-start?")
    return {
        **kept,
        **settings,
        "FFREMOTE_DATABASE_URL": database,
        "FFREMOTE_STORAGE_URL": address,
        "FFREMOTE_PORT": str(free_port()),
        "FFREMOTE_MIN_FREE_BYTES": "0",
    }


@contextmanager
def _program(
    name: str, environ: Mapping[str, str], scratch: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    with (scratch / f"{name}.log").open("wb") as log:
        process = subprocess.Popen([BIN / name], env=environ, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_until_ready(service: Service) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            service.get("/readyz")
            return
        except OSError as exc:  # also a 503
            if time.monotonic() > deadline:
                raise RuntimeError("server or worker do not get ready") from exc
        time.sleep(0.1)
