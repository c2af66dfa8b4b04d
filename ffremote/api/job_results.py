"""What a completed job has published: whether it may be sent, and its files."""

import json
from collections.abc import Sequence

from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.db.models import Job
from ffremote.errors import JobCanceled, JobNotReady, NoResult, ResultExpired, TranscodeFailed
from ffremote.files.publication import PublishedFile
from ffremote.jobs import job_files
from ffremote.states import JobState

from . import representation


def require(job: Job) -> None:
    """Raise the error of a job whose result cannot be sent: not ready, canceled, failed, expired.

    Raise NoResult for a job that makes no file.
    """
    require_completed(job)
    if job.result_token is None:
        raise NoResult(
            f"The job {job.id} makes no file; what it found is in the job and in its log.",
            job_id=job.id,
        )


def require_completed(job: Job) -> None:
    """Raise the error of a job that has not completed, or whose files were removed."""
    if job.state is JobState.FAILED:
        error = representation.failure(job)
        raise TranscodeFailed(error["message"], **error["details"])
    if job.state is JobState.CANCELED:
        raise JobCanceled(f"The job {job.id} was canceled, so it has no result.")
    if job.state is not JobState.COMPLETED:
        raise JobNotReady(
            f"The job {job.id} is {job.state}; its result is available when it has completed.",
            state=job.state,
            progress_percent=job.progress_percent,
        )
    if job.expired_at is not None:
        raise expired(job)


def expired(job: Job) -> ResultExpired:
    """Return the error of a job whose files were removed."""
    return ResultExpired(f"The result of job {job.id} was removed.")


def media_type(job: Job) -> str:
    """Return the media type of the only file of a job."""
    return ffmpeg.media_type(json.loads(job.spec).get("container"), job.output_filename)


def page(session: Session, job: Job, *, start: int, limit: int) -> Sequence[PublishedFile]:
    """Return the files of a completed job from position `start` on; the job's only one if so."""
    files = job_files.page(session, job.id, start=start, limit=limit)
    if files or start or job.result_token is None:
        return files
    return [_only_file(job)]


def total(session: Session, job: Job) -> int:
    """Return how many files a completed job has."""
    return job_files.count(session, job.id) or int(job.result_token is not None)


def _only_file(job: Job) -> PublishedFile:
    """Return the file of a job that has one; its CRC was not kept."""
    return PublishedFile(
        job.output_filename,
        job.result_bytes or 0,
        job.result_sha256 or "",
        0,
        media_type(job),
        (job.result_facts or {}).get("duration"),
    )
