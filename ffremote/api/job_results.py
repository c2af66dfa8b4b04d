"""What a completed job has published: whether it may be sent, and its files."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.db.models import Job
from ffremote.depot import keys
from ffremote.errors import (
    JobCanceled,
    JobNotReady,
    NoResult,
    NotFound,
    ResultExpired,
    TooManyFiles,
    TranscodeFailed,
)
from ffremote.files.publication import MAX_ARCHIVED, PublishedFile
from ffremote.jobs import job_files
from ffremote.states import JobState

from . import representation
from .archive import Archive
from .context import AppContext
from .delivery import handing_over
from .file_response import Download, KeptFile

NEVER = "0" * 32  # no attempt has this token
UNKNOWN = "application/octet-stream"
TEXTS = frozenset({"text/plain", "text/vtt", "text/x-ssa", "application/x-subrip"})
# No SVG and no HTML: they can hold scripts.
_SHOWN = re.compile(
    r"(video|audio)/[a-z0-9.+-]+|image/(gif|apng|png|jpeg|webp|bmp|tiff|avif)|application/(mxf|ogg"
    r"|x-subrip|vnd\.apple\.mpegurl|dash\+xml)|text/(plain|vtt|x-ssa)"
)


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


def download(context: AppContext, job: Job) -> Download:
    """Return what `/result` sends: the only file of a job, or the archive of its several files.

    Raise TooManyFiles when they are too many for one archive.
    """
    several = job_files.count(context.session, job.id)
    if not several:
        return only_file(context, job)
    if several > MAX_ARCHIVED:
        raise TooManyFiles(
            f"The job {job.id} has {several} files, more than the {MAX_ARCHIVED} of an archive; "
            f"get them one by one: GET /jobs/{job.id}/files lists them.",
            files=several,
        )
    folder = keys.files_folder(job.id, job.result_token or NEVER)
    depot = context.storage.holding(job.result_object)
    archive = Archive(depot, folder, job_files.page(context.session, job.id))
    name = representation.archive_name(job.output_filename)
    return Download(archive, "application/zip", job.result_sha256, name)


def only_file(context: AppContext, job: Job) -> Download:
    """Return the only file of a job as `/result` sends it."""
    key = keys.result(job.id, job.result_token or NEVER)
    depot = context.storage.holding(job.result_object)
    return Download(
        KeptFile(depot, key),
        media_type(job),
        job.result_sha256,
        job.output_filename,
        handing_over(context, depot, key),
    )


def one_of(context: AppContext, job: Job, name: str) -> Download:
    """Return a file of a job by its name; raise NotFound.

    Media, playlists, pictures and texts may be shown; anything else is only saved.
    """
    found = job_files.find(context.session, job.id, name)
    if found is not None:
        position, file = found
        key = keys.file(keys.files_folder(job.id, job.result_token or NEVER), position)
        content = KeptFile(context.storage.holding(job.result_object), key)
        hand_over = handing_over(context, content.depot, key)
        download = Download(content, file.content_type, file.sha256, name, hand_over)
    elif name == job.output_filename and not job_files.count(context.session, job.id):
        download = only_file(context, job)
    else:
        raise NotFound(f"The job {job.id} has no file {name[:300]!r}.", job_id=job.id)
    if not _SHOWN.fullmatch(download.media_type):
        return replace(download, media_type=UNKNOWN)
    kind = download.media_type
    kind += "; charset=utf-8" if kind in TEXTS else ""
    return replace(download, media_type=kind, is_shown=True)


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
