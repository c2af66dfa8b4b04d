"""The audit after a storm: rows, files and processes compared with what the server promised."""

import hashlib
import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ffremote.db.job_file import JobFile
from ffremote.db.models import Job
from ffremote.states import FailureReason, JobState
from tests.chaos.clients import Ledger
from tests.chaos.estate import Estate
from tests.chaos.witness import Seen, Witness

PLAYED = 25
FINAL = ("completed", "failed", "canceled")
# The failure reasons that a storm may cause; any other is a bug.
FAIR = {FailureReason.WORKER_LOST, FailureReason.KILLED, FailureReason.DISK_FULL}


def faults(estate: Estate, witness: Witness, ledger: Ledger, draw: random.Random) -> list[str]:
    """Return every broken promise as a sentence; empty if all were kept."""
    jobs = witness.jobs()
    return [
        *_broken_rows(jobs, ledger),
        *_broken_history(jobs, witness.changes()),
        *_broken_results(estate, jobs, witness.files(), draw),
        *(
            f"a download of {job_id} was not what its sha256 says"
            for job_id in ledger.broken_downloads
        ),
        *(f"a stray process: {process}" for process in estate.family()),
        *(f"a stray file: {path}" for path in stray_files(estate.data_dir, jobs, witness)),
        *(
            f"the upload {upload_id} was kept though its job was canceled while it arrived"
            for upload_id in sorted(ledger.stopped_uploads)
            if (estate.data_dir / "uploads" / upload_id).exists()
        ),
        *_broken_database(jobs, witness),
    ]


def age_uploads(data_dir: Path) -> None:
    """Make uploads look old, since a sweep skips those of the last hour."""
    for path in (data_dir / "uploads").rglob("*"):
        os.utime(path, (0, 0))


def _broken_rows(jobs: Sequence[Job], ledger: Ledger) -> Iterator[str]:
    rows = {job.id: job for job in jobs}
    for job_id, key in ledger.accepted.items():
        job = rows.get(job_id)
        if job is None:
            yield f"job {job_id} was accepted and is lost"
        elif job.idempotency_key != key:
            yield f"job {job_id} has another's key"
        elif job_id in ledger.canceled and job.state is not JobState.CANCELED:
            yield f"job {job_id} is {job.state} after its cancel was accepted"
    for job in jobs:
        if not job.state.is_final:
            yield f"job {job.id} is stuck: {job.state}, {job.phase}, {job.message}"
        if job.state is JobState.FAILED and job.error_reason not in FAIR:
            yield f"job {job.id} failed: {job.error_reason}, {job.error_details}"


def _broken_history(jobs: Sequence[Job], changes: list[Seen]) -> Iterator[str]:
    done = Counter(change.job_id for change in changes if change.new == "completed")
    for job in jobs:
        expected = 1 if job.state is JobState.COMPLETED else 0
        if done[job.id] != expected:
            yield f"job {job.id} is {job.state} and completed {done[job.id]} times"
    for change in changes:
        if change.old in FINAL:
            yield f"job {change.job_id} went from {change.old} to {change.new}"


def _broken_results(
    estate: Estate, jobs: Sequence[Job], files: Sequence[JobFile], draw: random.Random
) -> Iterator[str]:
    completed = [job for job in jobs if job.state is JobState.COMPLETED and not job.expired_at]
    played = draw.sample(completed, min(PLAYED, len(completed)))
    for job in completed:
        for path, sha256 in _results(estate.data_dir, job, files).items():
            if not path.exists():
                yield f"{path.name} of job {job.id} is not there"
            elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                yield f"{path.name} of job {job.id} has another sha256"
            elif job in played and not _plays(estate.ffmpeg, path):
                yield f"{path.name} of job {job.id} does not play"


def _results(data_dir: Path, job: Job, files: Sequence[JobFile]) -> dict[Path, str | None]:
    """Return the published files of a completed job and the sha256 of each."""
    folder = data_dir / "jobs" / job.id
    several = {
        folder / f"{job.result_token}.files" / str(each.position): each.sha256
        for each in files
        if each.job_id == job.id
    }
    return several or {folder / f"{job.result_token}.result": job.result_sha256}


def _plays(program: Path, path: Path) -> bool:
    argv = [program, "-v", "error", "-xerror", "-i", path, "-f", "null", "-"]
    return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode == 0


def stray_files(data_dir: Path, jobs: Sequence[Job], witness: Witness) -> list[str]:
    """Return the files that no row refers to."""
    kept = [job for job in jobs if not job.files_removed_at]
    files = witness.files()
    known = {f"jobs/{job.id}/{job.log_token}.log" for job in kept}
    known |= {
        str(path.relative_to(data_dir))
        for job in kept
        if job.result_token
        for path in _results(data_dir, job, files)
    }
    known |= {f"uploads/{upload_id}/data" for upload_id in witness.inputs()}
    known |= {f"uploads/{upload_id}/partial" for upload_id in witness.arriving()}
    found = {
        str(path.relative_to(data_dir))
        for folder in ("jobs", "uploads", "run")
        for path in (data_dir / folder).rglob("*")
        if not path.is_dir()
    }
    return sorted(found - known)


def _broken_database(jobs: Sequence[Job], witness: Witness) -> Iterator[str]:
    verdict = witness.integrity()
    if verdict != "ok":
        yield f"integrity check: {verdict}"
    counted = Counter(job.state for job in jobs)
    if witness.totals() != counted:
        yield f"the totals are {witness.totals()}, counted were {dict(counted)}"
