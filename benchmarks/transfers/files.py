"""The files of a job with 2,000 segments: published, listed, downloaded as one archive."""

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import time
import uuid
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from sqlalchemy.orm import Session

from benchmarks.parts import jobs
from benchmarks.parts.wire import fetch
from benchmarks.transfers.flat import peak_of, server_of
from ffremote import ffmpeg
from ffremote.config import Settings, load_settings
from ffremote.db import database
from ffremote.files.publication import SYNC_THREADS, ProducedFile, publish_files
from ffremote.files.storage import Storage
from ffremote.host.file_system import sync
from ffremote.jobs import claims, queue, submission
from ffremote.jobs.new_rows import JobRequest, ReceivedFile
from ffremote.ledger.values import Claim, Result
from tools import private_service
from tools.private_service import Service

SEGMENTS, SEGMENT_BYTES = 2000, 200_000
ROUNDS = 5
SEGMENTED = {
    "output_filename": "s.wav",
    "package": {"type": "segments", "seconds": 1},
    "audio": {"codec": "copy"},
}


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
            several = _measure_publication(package, scratch / "bare")
            one, _ = package.publish(1)
        engine.dispose()
        _measure_job(service, scratch)
        _measure_server(service, several, one)


def _measure_publication(package: "_Package", folder: Path) -> str:
    """Print what a publication takes, in turns with a bare program; return the last job's id."""
    job_id, rounds = "", []
    for _ in range(ROUNDS):
        bare = package.time_bare(folder)
        job_id, seconds = package.publish(SEGMENTS)
        rounds.append((seconds, bare))
    seconds, bare = (statistics.median(each) for each in zip(*rounds, strict=True))
    share = statistics.median(own / its for own, its in rounds)
    print(
        f"    publish     {seconds:6.2f} s, {SEGMENTS} files of {SEGMENT_BYTES:,} bytes;"
        f" {bare:.2f} s for a program that only hashes and syncs them: {share:.2f} x"
    )
    return job_id


def _measure_job(service: Service, folder: Path) -> None:
    """Print how long a job goes on after FFmpeg has written its last segment."""
    sound = folder / "sound.wav"
    program = str(ffmpeg.locate(load_settings()).ffmpeg)
    source = f"sine=440:d={SEGMENTS}:r=48000:samples_per_frame=4800"
    make = ["-v", "error", "-f", "lavfi", "-i", source, "-ac", "2", "-c:a", "pcm_s16le", str(sound)]
    subprocess.run([program, *make], check=True)
    job_id = jobs.submit(service, sound, SEGMENTED)
    sound.unlink()
    began = None
    while not (status := service.get(f"/api/v1/jobs/{job_id}/status"))["finished"]:
        if began is None and status["phase"] == "verifying":
            began = time.perf_counter()
        time.sleep(jobs.POLL_SECONDS)
    if status["state"] != "completed" or began is None:
        raise RuntimeError(f"the job {job_id} is {status}")
    seconds = time.perf_counter() - began
    count = service.get(f"/api/v1/jobs/{job_id}")["result"]["files"]
    print(f"    a job       {seconds:6.2f} s from FFmpeg's end to completed, {count} files")


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

    def publish(self, count: int) -> tuple[str, float]:
        """Publish `SEGMENTS` segments as `count` files; return the job and the seconds."""
        claim = self._claim()
        folder = self._storage.attempt_dir(claim.job_id, claim.token)
        names = self._write(folder, count)
        produced = [ProducedFile(f"{claim.token}/{name}", name, "video/mp2t") for name in names]
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
        shutil.rmtree(folder)
        return claim.job_id, seconds

    def time_bare(self, folder: Path) -> float:
        """Return the seconds in which a bare program hashes and syncs the same files."""
        paths = [folder / name for name in self._write(folder, SEGMENTS)]
        began = time.perf_counter()
        with ThreadPoolExecutor(SYNC_THREADS) as pool:
            syncs = [pool.submit(sync, path) for path in paths]
            whole = pool.submit(_hash, paths)  # as the digest of the archive
            for path in paths:
                _hash([path])
            whole.result()
            for each in syncs:
                each.result()
        seconds = time.perf_counter() - began
        shutil.rmtree(folder)
        return seconds

    def _write(self, folder: Path, count: int) -> list[str]:
        """Write `SEGMENTS` segments as `count` files; return their names."""
        folder.mkdir(parents=True)
        names = [f"s{number:05}.ts" for number in range(count)]
        for name in names:
            with (folder / name).open("wb") as file:
                for _ in range(SEGMENTS // count):
                    file.write(self._block)
        os.sync()
        return names

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


def _hash(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        data = path.read_bytes()
        digest.update(data)
        zlib.crc32(data)
    return digest.hexdigest()


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
