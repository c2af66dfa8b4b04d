"""A worker over HTTP beside a local one: how soon it claims, how fast files go, a whole job.

The worker is `ffremote-worker --server` on this machine with a directory of its own. Files are sent
and fetched by the depot of such a worker, in turns with the client's library on the same server.
"""

import os
import statistics
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

from benchmarks.parts import jobs
from benchmarks.parts.turns import ROUNDS
from benchmarks.parts.wire import HEAD, MARK_BYTES
from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.depot import keys
from ffremote.files.storage import Storage
from ffremote.ledger import needs
from ffremote.ledger.values import Claim, ClaimRequest, NewWorker, ProgressUpdate, Result
from ffremote.states import Phase
from ffremote_cli.client.client import Client
from ffremote_worker.remote import access
from tools import private_service, remote_workers
from tools.private_service import Service

CLAIMS = 30
PAIRS = 3
SIZE = 256 << 20
ONE_SLOT = {"FFREMOTE_CONCURRENCY": "1"}
QUICK = {"output_filename": "a.wav", "inputs": [], "graph": "sine=440:d=1[a]", "streams": ["[a]"]}
COPY = {"output_filename": "out.mkv", "video": {"codec": "copy"}, "audio": {"codec": "copy"}}
MINUTE = {
    "output_filename": "out.mp4",
    "video": {"codec": "libx264", "crf": 23, "preset": "medium"},
    "audio": {"codec": "aac", "bitrate": "128k"},
}


def measure(scratch: Path) -> None:
    """Print rates beside a client's, how soon a waiting worker claims, and a minute's encode."""
    folder = scratch / "remote-worker"
    with ExitStack() as stack:
        server = private_service.running_without_worker(folder / "server", **ONE_SLOT)
        service = stack.enter_context(server)
        token = remote_workers.new_token(service)
        _print_rates(service, token, folder)
        stack.enter_context(remote_workers.running(service, [folder / "worker"]))
        _print_claims(service)
        local = stack.enter_context(private_service.running(folder / "local", **ONE_SLOT))
        _print_encodes(local, service, folder)


def _print_claims(service: Service) -> None:
    times = []
    for _ in range(CLAIMS):
        time.sleep(0.3)  # until the slot waits again
        response = requests.post(f"{service.url}/api/v1/jobs", json=QUICK, timeout=10)
        job = jobs.wait(service, response.json()["job_id"])
        times.append(1000 * _between(job, "created_at", "started_at"))
    median = statistics.median(times)
    print(f"  {'created to claimed':28} {median:6.1f} ms (median), {max(times):.1f} at the most")


def _print_rates(service: Service, token: str, folder: Path) -> None:
    bench = _Transfers(service, token, folder)
    rounds = [bench.run() for _ in range(ROUNDS + 1)][1:]  # the first one warms up
    for mine, its in (("sent by the worker", "sent by the client"), ("fetched", "downloaded")):
        for name in (its, mine):
            rate = statistics.median(SIZE / 1e6 / each[name] for each in rounds)
            print(f"  {name:28} {rate:6.0f} MB/s")
        ratio = statistics.median(each[its] / each[mine] for each in rounds)
        print(f"  {mine + ' / ' + its:45} {ratio:.2f}", flush=True)


class _Transfers:
    """A client and the depot of a worker, which move the same file over the same server."""

    def __init__(self, service: Service, token: str, folder: Path) -> None:
        self._folder = folder
        self._client = Client(service.url, state_folder=folder / "state")
        settings = Settings(data_dir=folder / "own", worker_server=service.url, worker_token=token)
        self._storage = access.open_storage(settings)
        self._storage.prepare()
        self._ledger = access.open_ledger(settings, self._storage)
        self._worker_id = str(uuid.uuid4())
        self._ledger.register(_facts(self._worker_id, settings, self._storage))

    def run(self) -> dict[str, float]:
        """Return the seconds of an upload, a fetch, a result that is sent, and its download."""
        film, target = self._folder / "film.mp4", self._folder / "input"
        _write(film)
        seconds: dict[str, float] = {}
        job_id = ""

        def submit() -> None:
            nonlocal job_id
            job_id = self._client.submit(film, COPY).job_id

        seconds["sent by the client"] = _timed(submit)
        claim = self._claim(job_id)
        depot = self._storage.depot
        key = keys.upload(claim.upload_ids[0])
        seconds["fetched"] = _timed(lambda: depot.fetch(key, target))
        self._ledger.beat(claim, ProgressUpdate(Phase.VERIFYING, 99))
        result = keys.result(claim.job_id, claim.token)
        kept: list[Any] = []
        seconds["sent by the worker"] = _timed(lambda: kept.append(depot.keep(target, result)))
        self._ledger.complete(claim, Result(kept[0].bytes, kept[0].sha256, {"bytes": 1}))
        out = self._folder / "out.mkv"
        seconds["downloaded"] = _timed(lambda: self._client.download(job_id, out, overwrite=True))
        self._client.delete_result(job_id)
        return seconds

    def _claim(self, job_id: str) -> Claim:
        able = needs.ALL | {ffmpeg.FORMATS, "copy"}
        wish = ClaimRequest(uuid.uuid4().hex, self._worker_id, str(uuid.uuid4()), able)
        claim = self._ledger.claim(wish)
        if claim is None or claim.job_id != job_id:
            raise RuntimeError("the job was not given to this worker")
        return claim


def _facts(worker_id: str, settings: Settings, storage: Storage) -> NewWorker:
    runtime = ffmpeg.make_runtime(settings)
    found = ffmpeg.read_capabilities(
        runtime.binaries, storage.cache, trying=True, sandbox=runtime.sandbox
    )
    return NewWorker(worker_id, 1, found.version, runtime.sandbox.name, found.to_json())


def _print_encodes(local: Service, remote: Service, folder: Path) -> None:
    clip = jobs.make_clip(folder / "minute.mp4", seconds=60, size="640x360")
    ratios = []
    for _ in range(PAIRS):
        here, there = (_seconds_of_job(service, clip) for service in (local, remote))
        ratios.append(there / here)
        print(f"  60 s encoded: {here:.2f} s by a local slot, {there:.2f} s over HTTP", flush=True)
    print(f"  {'over HTTP / local':28} {statistics.median(ratios):.3f} (median of {PAIRS})")


def _seconds_of_job(service: Service, clip: Path) -> float:
    job = jobs.wait(service, jobs.submit(service, clip, MINUTE), every=0.5)
    return _between(job, "created_at", "finished_at")


def _between(job: Mapping[str, Any], first: str, second: str) -> float:
    began, ended = (datetime.fromisoformat(job[name]) for name in (first, second))
    return (ended - began).total_seconds()


def _write(path: Path) -> None:
    """Make a file that the server has not seen."""
    block = bytes(1 << 20)
    with path.open("wb") as file:
        file.write(HEAD + os.urandom(MARK_BYTES))
        for _ in range(SIZE // len(block) - 1):
            file.write(block)
        file.write(block[: SIZE - file.tell()])


def _timed(step: Callable[[], object]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began
