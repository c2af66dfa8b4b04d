"""What idle workers over HTTP cost the server: 20 with two slots each, that wait for a job.

The workers are threads here that make the calls of `ffremote-worker --server`: a beat every five
seconds, and for each slot a claim that waits. So only the server is measured.
"""

import http.client
import json
import secrets
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from benchmarks.idle import family
from benchmarks.transfers.flat import server_of
from ffremote import ffmpeg
from ffremote.api.access.auth import hash_of
from ffremote.db import database
from ffremote.db.token import TokenKind
from ffremote.jobs import tokens
from ffremote.ledger import needs, wire
from ffremote.ledger.protocol import HEARTBEAT_SECONDS
from tests.support.http_worker import CAPABILITIES
from tools import private_service
from tools.private_service import Service

WORKERS = 20
SLOTS = 2
SECONDS = 30.0
ROUNDS = 30
SECRET = secrets.token_hex(16)
JOB = {"output_filename": "a.wav", "inputs": [], "graph": "sine=440:d=1[a]", "streams": ["[a]"]}


def measure(scratch: Path) -> None:
    """Print the server's share of a core without and with idle workers, and how soon one claims."""
    if sys.platform != "linux":
        print("  measured on Linux only")
        return
    with private_service.running(scratch / "remote") as service:
        _add_token(service)
        _drain_all(service)
        print(f"  {'no worker over HTTP':28} {_share(service):6.2f} % of a core", flush=True)
        crew = _Crew(service)
        with crew.at_work():
            what = f"{WORKERS} idle, {SLOTS} slots each"
            print(f"  {what:28} {_share(service):6.2f} % of a core", flush=True)
            times = [_claim_time(service, crew) for _ in range(ROUNDS)]
        median = statistics.median(times)
        print(
            f"  {'reply to claimed':28} {median:6.1f} ms (median), {max(times):.1f} ms at the most"
        )


class _Crew:
    """The workers, and when they have claimed which job."""

    def __init__(self, service: Service) -> None:
        parts = urlsplit(service.url)
        self._host, self._port = parts.hostname or "", parts.port or 0
        encoders = service.get("/api/v1/capabilities")["encoders"]
        self._able = sorted(needs.ALL | {ffmpeg.FORMATS, *(each["name"] for each in encoders)})
        self._is_over = threading.Event()
        self._has_claimed = threading.Condition()
        self._claimed: dict[str, float] = {}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Register and start all workers; let them end at the end."""
        for _ in range(WORKERS):
            worker_id = str(uuid.uuid4())
            self._call(self._line(), "PUT", f"/workers/{worker_id}", _FACTS)
            for what in (self._beat, *[self._claim] * SLOTS):
                threading.Thread(target=self._work, args=(what, worker_id), daemon=True).start()
        try:
            yield
        finally:
            self._is_over.set()

    def wait_for(self, job_id: str) -> float:
        """Return when a worker got the claim on a job."""
        with self._has_claimed:
            if not self._has_claimed.wait_for(lambda: job_id in self._claimed, timeout=60):
                raise RuntimeError("no worker over HTTP has claimed the job")
            return self._claimed[job_id]

    def _line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._host, self._port, timeout=60)

    def _call(
        self, line: http.client.HTTPConnection, method: str, path: str, body: Mapping[str, Any]
    ) -> bytes:
        headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
        line.request(method, wire.API + path, json.dumps(body), headers)
        response = line.getresponse()
        data = response.read()
        if response.status >= 300:
            raise RuntimeError(data.decode())
        return data

    def _work(self, what: Callable[[str], None], worker_id: str) -> None:
        try:
            what(worker_id)
        except (OSError, http.client.HTTPException):
            if not self._is_over.is_set():  # the server ends before the calls that wait
                raise

    def _beat(self, worker_id: str) -> None:
        line = self._line()
        while not self._is_over.wait(HEARTBEAT_SECONDS):
            self._call(line, "POST", f"/workers/{worker_id}/beat", {})

    def _claim(self, worker_id: str) -> None:
        line = self._line()
        while not self._is_over.is_set():
            wish = {
                "token": secrets.token_hex(16),
                "worker_id": worker_id,
                "holder": str(uuid.uuid4()),
                "able": self._able,
                "wait_seconds": wire.MAX_WAIT_SECONDS,
            }
            if answer := self._call(line, "POST", "/claims", wish):
                self._end(line, json.loads(answer))

    def _end(self, line: http.client.HTTPConnection, claim: Mapping[str, Any]) -> None:
        with self._has_claimed:
            self._claimed[claim["job_id"]] = time.perf_counter()
            self._has_claimed.notify_all()
        path = f"/jobs/{claim['job_id']}/{claim['token']}/fail"
        self._call(line, "POST", path, {"reason": "killed", "message": "This was measured."})


_FACTS = {
    "version": "0.2.0",
    "host": "bench",
    "pid": 1,
    "concurrency": SLOTS,
    "ffmpeg_version": "9.0",
    "sandbox": "limits",
    "capabilities": CAPABILITIES,
}


def _add_token(service: Service) -> None:
    path = Path(service.environ["FFREMOTE_DATA_DIR"]) / "ffremote.db"
    engine = database.open_engine(f"sqlite:///{path}")
    with database.session_maker(engine)() as session:
        hashed = hash_of(SECRET)
        tokens.add(session, name="bench", kind=TokenKind.WORKER, hashed=hashed, lifetime=None)
    engine.dispose()


def _drain_all(service: Service) -> None:
    """Let the workers on the server's disk claim nothing."""
    for each in service.get("/api/v1/workers")["items"]:
        url = f"{service.url}/api/v1/workers/{each['worker_id']}/drain"
        requests.post(url, timeout=10).raise_for_status()


def _share(service: Service) -> float:
    """Return the server's share of a core in percent, while nothing happens."""
    time.sleep(3)
    before, began = _cpu_seconds(service), time.monotonic()
    time.sleep(SECONDS)
    return 100 * (_cpu_seconds(service) - before) / (time.monotonic() - began)


def _cpu_seconds(service: Service) -> float:
    pid = server_of(service)
    return next(each.cpu_seconds for each in family(service.process.pid) if each.pid == pid)


def _claim_time(service: Service, crew: _Crew) -> float:
    """Submit a job; return the milliseconds from the reply until a worker got the claim."""
    response = requests.post(f"{service.url}/api/v1/jobs", json=JOB, timeout=10)
    replied = time.perf_counter()
    response.raise_for_status()
    time.sleep(0.2)
    return max(1000 * (crew.wait_for(response.json()["job_id"]) - replied), 0.0)
