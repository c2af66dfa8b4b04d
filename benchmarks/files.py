"""The files of a job with 2,000 segments: published, listed, downloaded as one archive."""

import os
import shutil
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from sqlalchemy.orm import Session

from benchmarks.flat import peak_of, server_of
from benchmarks.wire import fetch
from ffremote.config import Settings
from ffremote.db import database
from ffremote.files.publication import ProducedFile, publish_files
from ffremote.files.storage import Storage
from ffremote.jobs import claims, queue, submission
from ffremote.jobs.new_rows import JobRequest, ReceivedFile
from ffremote.ledger.values import Claim, Result
from tools import private_service
from tools.private_service import Service

SEGMENTS, SEGMENT_BYTES = 2000, 200_000
ROUNDS = 5


def measure(scratch: Path) -> None:
    """Print the times of a package, and the server's peak memory while it sends the archive."""
    if sys.platform != "linux":
        print("  measured on Linux only")
        return
    with private_service.running(scratch / "files") as service:
        settings = Settings(data_dir=Path(service.environ["FFREMOTE_DATA_DIR"]))
        engine = database.open_engine(settings.registry_url)
        with database.session_maker(engine)() as session:
            package = _Package(session, Storage(settings.data_dir), settings)
            several, one = package.publish(SEGMENTS), package.publish(1)
        engine.dispose()
        _measure_server(service, several, one)


def _measure_server(service: Service, several: str, one: str) -> None:
    parts = urlsplit(service.url)
    address = (parts.hostname or "", parts.port or 0)
    pid = server_of(service)
    listing = f"{service.url}/api/v1/jobs/{several}/files"
    times = [_milliseconds(lambda: urlopen(listing).read()) for _ in range(ROUNDS * 4)]
    print(f"    list        {statistics.median(times):6.1f} ms, median of {len(times)}")
    fetch(address, f"/api/v1/jobs/{several}/result")  # to warm up
    rounds = [
        [
            _milliseconds(partial(fetch, address, f"/api/v1/jobs/{job}/result"))
            for job in (one, several)
        ]
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(file / archive for file, archive in rounds)
    rate = SEGMENTS * SEGMENT_BYTES / statistics.median(each[1] for each in rounds) / 1000
    print(f"    archive     {rate:6.0f} MB/s, {ratio:.2f} x the rate of one file of the same size")
    paths = [f"/api/v1/jobs/{job}/result" for job in (one, several)]
    peaks = [peak_of(pid, partial(fetch, address, path)) for path in paths]
    print(f"    memory      {peaks[0]:6.1f} MiB at the highest for one file, {peaks[1]:.1f} MiB")


class _Package:
    """Completes jobs as a worker does, without FFmpeg."""

    def __init__(self, session: Session, storage: Storage, settings: Settings) -> None:
        self._session, self._storage, self._settings = session, storage, settings
        self._block = os.urandom(SEGMENT_BYTES)

    def publish(self, count: int) -> str:
        """Publish `SEGMENTS` segments as `count` files; print how long that took."""
        claim = self._claim()
        folder = self._storage.attempt_dir(claim.job_id, claim.token)
        folder.mkdir(parents=True)
        produced = []
        for number in range(count):
            with (folder / f"s{number:05}.ts").open("wb") as file:
                for _ in range(SEGMENTS // count):
                    file.write(self._block)
            path = f"{claim.token}/s{number:05}.ts"
            produced.append(ProducedFile(path, f"s{number:05}.ts", "video/mp2t"))
        os.sync()
        began = time.perf_counter()
        if count == 1:
            only = self._storage.publish(claim.job_id, claim.token, produced[0].path)
            result = Result(only.bytes, only.sha256, {})
        else:
            done = publish_files(self._storage, claim.job_id, claim.token, produced)
            facts = {"files": len(done.files)}
            result = Result(done.bytes, done.archive_sha256, facts, files=done.files)
        if not claims.complete(self._session, claim, result):
            raise RuntimeError("the claim was lost")
        seconds = time.perf_counter() - began
        print(
            f"    publish     {seconds:6.2f} s, {count} files of {result.size or 0:,} bytes in all"
        )
        shutil.rmtree(folder)
        return claim.job_id

    def _claim(self) -> Claim:
        """Queue a job that no worker of the service supports, and claim it."""
        upload_id = str(uuid.uuid4())
        self._storage.start_upload(upload_id).write_bytes(b"\0film")
        request = JobRequest(
            spec='{"output_filename":"a.ts"}', output_filename="a.ts", needs=frozenset({"bench"})
        )
        received = [ReceivedFile(upload_id, "a.ts", 5, "cd")]
        submission.accept_files(
            self._session,
            self._storage,
            self._settings,
            request,
            received,
            admit=lambda _session: None,
        )
        claim = queue.claim_next(
            self._session, worker_id="bench", holder="bench", needs=frozenset({"bench"})
        )
        if claim is None:
            raise RuntimeError("no job can be claimed")
        return claim


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
