"""The audit after a storm: rows, files and processes compared with what the server promised."""

import hashlib
import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ffremote.db.job_file import JobFile
from ffremote.db.models import Job
from ffremote.states import FailureReason, JobState
from tests.chaos.clients import Ledger
from tests.chaos.estate import Estate
from tests.chaos.witness import Seen, Witness

PLAYED = 25
MEDIA = ("video", "audio", "image")
FINAL = ("completed", "failed", "canceled")
# The failure reasons that a storm may cause; any other is a bug.
FAIR = {FailureReason.WORKER_LOST, FailureReason.KILLED, FailureReason.DISK_FULL}


def faults(estate: Estate, witness: Witness, ledger: Ledger, draw: random.Random) -> list[str]:
    """Return every broken promise as a sentence; empty if all were kept."""
    jobs = witness.jobs()
    return [
        *broken_rows(jobs, ledger),
        *broken_streams(jobs, ledger),
        *broken_history(jobs, witness.changes()),
        *_broken_results(estate, jobs, witness.files(), draw),
        *(f"a download is not what the server says: {each}" for each in ledger.downloads.broken),
        *(f"a stray process: {process}" for process in estate.family()),
        *(f"a stray file: {path}" for path in stray_files(estate.data_dir, jobs, witness)),
        *(f"a stray file of {name}: {path}" for name, path in _left_far(estate)),
        *(
            f"the upload {upload_id} was kept though its job was canceled while it arrived"
            for upload_id in sorted(ledger.stopped_uploads)
            if (estate.data_dir / "uploads" / upload_id).exists()
        ),
        *broken_database(jobs, witness),
    ]


def _left_far(estate: Estate) -> Iterator[tuple[str, str]]:
    """Yield what workers over HTTP have left of jobs and processes."""
    for name in estate.remote:
        home = estate.home_of(name)
        for pattern in ("jobs/*", "uploads/*", "run/*.lock", "run/*.claim", "run/*.bell"):
            for path in home.glob(pattern):
                yield name, str(path.relative_to(home))


def age_uploads(data_dir: Path) -> None:
    """Make uploads look old, since a sweep skips those of the last hour."""
    for path in (data_dir / "uploads").rglob("*"):
        os.utime(path, (0, 0))


def broken_rows(jobs: Sequence[Job], ledger: Ledger) -> Iterator[str]:
    """Yield what is wrong with the rows of jobs."""
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
        if job.state is JobState.FAILED and not _is_fair(job, ledger):
            yield f"job {job.id} failed: {job.error_reason}, {job.error_details}"


def _is_fair(job: Job, ledger: Ledger) -> bool:
    is_abandoned = job.error_reason is FailureReason.UPLOAD_ABANDONED
    return job.id in ledger.abandoned if is_abandoned else job.error_reason in FAIR


def broken_streams(jobs: Sequence[Job], ledger: Ledger) -> Iterator[str]:
    """Yield what is wrong with jobs that may begin while their input arrives."""
    frames: dict[str | None, str] = {}
    for job in jobs:
        if job.id in ledger.abandoned and job.state is JobState.COMPLETED:
            yield f"job {job.id} is completed, and not all of its input was sent"
        if job.id in ledger.streamed and job.state is JobState.COMPLETED and is_frames(job):
            frames[job.result_sha256] = job.id
    if len(frames) > 1:
        yield f"the same film has different frames in the jobs {', '.join(frames.values())}"


def is_frames(job: Job) -> bool:
    """Whether the result lists the checksums of all frames."""
    return job.output_filename.endswith(".txt") and job.result_sha256 is not None


def is_overlapped(job: Job) -> bool:
    """Whether the job was completed from what it read while its input arrived."""
    return bool((job.input_facts or {}).get("overlapped")) and job.state is JobState.COMPLETED


def broken_history(jobs: Sequence[Job], changes: list[Seen]) -> Iterator[str]:
    """Yield the changes of a state that must not be."""
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
    owners = {each.job_id for each in files}
    for job in jobs:
        if job.id in owners and job.state is not JobState.COMPLETED:
            yield f"job {job.id} is {job.state} and has files in the table"
    played = draw.sample(completed, min(PLAYED, len(completed)))
    for job in completed:
        player = estate.ffmpeg if job in played and not is_frames(job) else None
        results = _results(estate.data_dir, job, files)
        if (job.result_bytes or 0) != sum(each.size for each in results):
            yield f"the files of job {job.id} are not as large as its row says"
        for each in results:
            problem = _problem(each, player)
            if problem is not None:
                yield f"{each.path.name} ({each.kind}) of job {job.id} {problem}"


@dataclass(frozen=True, slots=True)
class _Published:
    """A published file as its row describes it."""

    path: Path
    size: int
    sha256: str | None
    kind: str = "video"

    @property
    def plays_alone(self) -> bool:
        """Whether FFmpeg reads it without other files."""
        return self.kind.partition("/")[0] in MEDIA


def _problem(each: _Published, player: Path | None) -> str | None:
    if not each.path.exists():
        return "is not there"
    if hashlib.sha256(each.path.read_bytes()).hexdigest() != each.sha256:
        return "has another sha256"
    if player is not None and each.plays_alone and not _plays(player, each.path):
        return "does not play"
    return None


def _results(data_dir: Path, job: Job, files: Sequence[JobFile]) -> list[_Published]:
    """Return the published files of a completed job; a report has none."""
    folder = data_dir / "jobs" / job.id
    several = [
        _Published(
            folder / f"{job.result_token}.files" / str(each.position),
            each.bytes,
            each.sha256,
            each.content_type,
        )
        for each in files
        if each.job_id == job.id
    ]
    if several or job.result_token is None:
        return several
    only = folder / f"{job.result_token}.result"
    return [_Published(only, job.result_bytes or 0, job.result_sha256)]


def _plays(program: Path, path: Path) -> bool:
    argv = [program, "-v", "error", "-xerror", "-i", path, "-f", "null", "-"]
    return subprocess.run(argv, stdin=subprocess.DEVNULL, check=False).returncode == 0


def stray_files(data_dir: Path, jobs: Sequence[Job], witness: Witness) -> list[str]:
    """Return the files that no row refers to."""
    kept = [job for job in jobs if not job.files_removed_at]
    files = witness.files()
    known = {"run/place"}  # the name of the data directory's place
    known |= {f"jobs/{job.id}/{job.log_token}.log" for job in kept}
    known |= {
        str(each.path.relative_to(data_dir))
        for job in kept
        for each in _results(data_dir, job, files)
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


def broken_database(jobs: Sequence[Job], witness: Witness) -> Iterator[str]:
    """Yield what the database says against itself."""
    verdict = witness.integrity()
    if verdict != "ok":
        yield f"integrity check: {verdict}"
    counted = Counter(job.state for job in jobs)
    if witness.totals() != counted:
        yield f"the totals are {witness.totals()}, counted were {dict(counted)}"
