"""Files that no row speaks of: left by a crash, found at start and now and then, removed.

A live file is never touched. Rows of jobs stand before their files do, so a file without its row
is dead at once. An upload by one request has its row only at the end: its file is dead when
nothing was written to it for an hour, no process holds it, and its row is still not there.
What cannot be removed is logged and left; the rest goes on.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.models import Job, Upload, UploadState
from ffremote.files.storage import Storage, remove_tree
from ffremote.host import locks, notify
from ffremote.host.directory_lock import holding_if_free

log = logging.getLogger(__name__)

QUIET_SECONDS = 3600
LOCK_SUFFIX = ".lock"


def sweep(session: Session, storage: Storage, *, dry_run: bool = False) -> Sequence[Path]:
    """Remove what no row speaks of; return the paths, relative to the data directory."""
    # Listed before the rows are read: what is made after the listing is not looked at.
    found = [
        *_dead_jobs(session, storage),
        *_dead_uploads(session, storage),
        *_dead_locks(storage),
    ]
    if not dry_run:
        found = [path for path in found if _remove(session, storage, path)]
        notify.notify_all(storage.run)  # takes down the bells of the dead
    return [path.relative_to(storage.root) for path in found]


def _dead_jobs(session: Session, storage: Storage) -> list[Path]:
    dead: list[Path] = []
    for job_id in list(storage.job_ids()):
        directory = storage.job_dir(job_id)
        entries = _entries(directory)
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
    now = storage.file_time()
    for upload_id in list(storage.upload_ids()):
        directory = storage.upload_dir(upload_id)
        state = _upload_state(session, upload_id)
        if state is UploadState.REMOVED or (state is None and _is_quiet(directory, now)):
            dead.append(directory)
    return dead


def _dead_locks(storage: Storage) -> list[Path]:
    return [lock for lock in storage.run.glob(f"*{LOCK_SUFFIX}") if locks.is_dead(lock)]


def _entries(directory: Path) -> list[Path]:
    """Return what is in a directory; nothing where it cannot be read, or has just gone."""
    try:
        return list(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []  # removed meanwhile by a cleanup, or a stray file
    except OSError as exc:
        log.warning("%s cannot be listed: %s", directory.name, exc.strerror)
        return []


def _is_quiet(directory: Path, now: float) -> bool:
    """Whether nothing was written there for long; a directory just gone is somebody else's."""
    try:
        newest = max(path.stat().st_mtime for path in (directory, *_entries(directory)))
    except FileNotFoundError:
        return False
    except OSError as exc:
        log.warning("%s cannot be looked at: %s", directory.name, exc.strerror)
        return False
    return now - newest > QUIET_SECONDS


def _remove(session: Session, storage: Storage, path: Path) -> bool:
    """Remove one orphan; return whether it is gone by our doing."""
    try:
        if path.suffix == LOCK_SUFFIX:
            removed = locks.remove_if_dead(path)
        elif path.parent == storage.uploads:
            removed = _remove_upload(session, path)
        else:
            removed = _remove_files(path)
    except OSError as exc:
        log.warning("orphan %s cannot be removed: %s", path.name, exc)
        return False
    if removed:
        log.info("orphan removed: %s", path.name)
    return removed


def _remove_upload(session: Session, directory: Path) -> bool:
    """Remove an upload unless its row was stored since the look, or is being stored."""
    with holding_if_free(directory) as is_held:
        if not is_held or _upload_state(session, directory.name) not in (None, UploadState.REMOVED):
            return False
        remove_tree(directory)
    return True


def _upload_state(session: Session, upload_id: str) -> UploadState | None:
    with reading(session):
        return session.scalar(select(Upload.state).where(Upload.id == upload_id))


def _remove_files(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        remove_tree(path)
        return True
    try:
        path.unlink()
    except FileNotFoundError:
        return False  # removed meanwhile by another sweep
    return True
