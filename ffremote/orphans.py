"""Files that no row speaks of: left by a crash, found at start and now and then, removed.

A live file is never touched. Rows of jobs stand before their files do, so a file without its row
is dead at once. An upload by one request has its row only at the end: its file is dead when
nothing was written to it for an hour.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import doorbell, liveness
from .clock import utc_now
from .database import reading
from .models import Job, Upload, UploadState
from .storage import Storage, remove_tree

log = logging.getLogger(__name__)

QUIET_SECONDS = 3600


def sweep(session: Session, storage: Storage, *, dry_run: bool = False) -> Sequence[Path]:
    """Remove what no row speaks of; return the paths, relative to the data directory."""
    # Listed before the rows are read: what is made after the listing is not looked at.
    found = [
        *_dead_jobs(session, storage),
        *_dead_uploads(session, storage),
        *_dead_locks(storage),
    ]
    for path in found:
        if not dry_run:
            _remove(path)
            log.info("orphan removed: %s", path.relative_to(storage.root))
    if not dry_run:
        doorbell.ring(storage.run)  # takes down the bells of the dead
    return [path.relative_to(storage.root) for path in found]


def _dead_jobs(session: Session, storage: Storage) -> list[Path]:
    dead: list[Path] = []
    for job_id in list(storage.job_ids()):
        directory = storage.job_dir(job_id)
        entries = list(directory.iterdir()) if directory.is_dir() else []
        with reading(session):
            job = session.get(Job, job_id, populate_existing=True)
        if job is None:
            dead.append(directory)
        else:
            dead.extend(entry for entry in entries if _is_dead_attempt(entry, job))
    return dead


def _is_dead_attempt(entry: Path, job: Job) -> bool:
    """Whether an entry of a job's directory belongs to an attempt that is over."""
    token = entry.name.split(".")[0]
    if entry.name == "input":
        return job.state.is_final
    if entry.suffix == ".log":
        return token != job.log_token
    if entry.suffix == ".result" and token == job.result_token:
        return False
    return token != job.claim_token


def _dead_uploads(session: Session, storage: Storage) -> list[Path]:
    dead: list[Path] = []
    for upload_id in list(storage.upload_ids()):
        directory = storage.upload_dir(upload_id)
        with reading(session):
            state = session.scalar(select(Upload.state).where(Upload.id == upload_id))
        if state is UploadState.REMOVED or (state is None and _is_quiet(directory)):
            dead.append(directory)
    return dead


def _dead_locks(storage: Storage) -> list[Path]:
    return [lock for lock in storage.run.glob("*.lock") if liveness.is_dead(lock)]


def _is_quiet(directory: Path) -> bool:
    """Whether nothing was written there for long; a directory just gone is somebody else's."""
    try:
        newest = max(path.stat().st_mtime for path in (directory, *directory.iterdir()))
    except FileNotFoundError:
        return False
    return utc_now().timestamp() - newest > QUIET_SECONDS


def _remove(path: Path) -> None:
    if path.is_dir():
        remove_tree(path)
    else:
        path.unlink(missing_ok=True)
