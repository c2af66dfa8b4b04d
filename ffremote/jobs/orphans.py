"""Removes orphans from the data directory: files that a crash left behind and no row names.

They include those of a depot on this host's disk; `kept_orphans` sweeps any other depot.

A file in use is never removed. The row of a job exists before its files, so files without a row
are orphans at once. The row of an upload in one request is stored last: its file is an orphan if
nothing was written to it for an hour, no process holds it, and it still has no row. So is that of
an upload which is in a bucket, or on its way there through another server.
A file that cannot be removed is logged and kept; the sweep continues with the others.
"""

import logging
from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.models import Job, Upload, UploadState
from ffremote.db.upload_part import UploadHome
from ffremote.files.storage import Storage
from ffremote.host import locks, notify
from ffremote.host.directory_lock import holding_if_free
from ffremote.host.file_system import remove_tree
from ffremote.host.place import directory_of

log = logging.getLogger(__name__)

QUIET_SECONDS = 3600
LOCK_SUFFIX = ".lock"


def sweep(session: Session, storage: Storage, *, dry_run: bool = False) -> Sequence[Path]:
    """Remove all orphans; return their paths, relative to the data directory."""
    # Listed before the rows are read: files that are made after the listing are not considered.
    found = [
        *_orphaned_job_files(session, storage),
        *_orphaned_uploads(session, storage),
        *_dead_locks(storage),
    ]
    if not dry_run:
        found = [path for path in found if _remove(session, storage, path)]
        notify.notify_all(storage.run)  # removes the sockets of dead listeners
    return [path.relative_to(storage.root) for path in found]


def _orphaned_job_files(session: Session, storage: Storage) -> list[Path]:
    orphaned: list[Path] = []
    is_alone = not storage.depot.is_on_this_disk
    for job_id in list(storage.job_ids()):
        directory = storage.job_dir(job_id)
        entries = _entries(directory)
        with reading(session):
            job = session.get(Job, job_id, populate_existing=True)
        if job is None:
            orphaned.append(directory)
        else:
            found = [entry for entry in entries if _is_orphan(entry, job, is_alone)]
            is_over = is_alone and job.state.is_final and len(found) == len(entries)
            orphaned.extend([directory] if is_over else found)
    return orphaned


def _is_orphan(entry: Path, job: Job, is_alone: bool) -> bool:
    """Return whether an entry of a job's directory belongs to an attempt that has ended.

    With `is_alone`, logs and results are kept elsewhere when it ends.
    """
    token = entry.name.split(".")[0]
    if entry.name in ("input", "inputs"):
        return job.state.is_final
    if entry.suffix == ".log":
        return token != (job.claim_token if is_alone else job.log_token)
    if entry.suffix in (".result", ".files") and token == job.result_token:
        return False
    return token != job.claim_token


def _orphaned_uploads(session: Session, storage: Storage) -> list[Path]:
    orphaned: list[Path] = []
    now = storage.file_time()
    for upload_id in list(storage.upload_ids()):
        directory = storage.upload_dir(upload_id)
        use = _use_of(session, storage, upload_id)
        if use is _Use.OVER or (use is _Use.NONE and _is_quiet(directory, now)):
            orphaned.append(directory)
    return orphaned


def _dead_locks(storage: Storage) -> list[Path]:
    return [lock for lock in storage.run.glob(f"*{LOCK_SUFFIX}") if locks.is_dead(lock)]


def _entries(directory: Path) -> list[Path]:
    """Return the entries of a directory; none if it cannot be read or was just removed."""
    try:
        return list(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []  # removed concurrently by a cleanup, or a file in the place of a directory
    except OSError as exc:
        log.warning("%s cannot be listed: %s", directory.name, exc.strerror)
        return []


def _is_quiet(directory: Path, now: float) -> bool:
    """Return whether nothing was written there for long; False if it was just removed."""
    try:
        newest = max(path.stat().st_mtime for path in (directory, *_entries(directory)))
    except FileNotFoundError:
        return False
    except OSError as exc:
        log.warning("%s cannot be read: %s", directory.name, exc.strerror)
        return False
    return now - newest > QUIET_SECONDS


def _remove(session: Session, storage: Storage, path: Path) -> bool:
    """Remove one orphan; return whether this call removed it."""
    try:
        if path.suffix == LOCK_SUFFIX:
            removed = locks.remove_if_dead(path)
        elif path.parent == storage.uploads:
            removed = _remove_upload(session, storage, path)
        else:
            removed = _remove_files(path)
    except OSError as exc:
        log.warning("orphan %s cannot be removed: %s", path.name, exc)
        return False
    if removed:
        log.info("orphan removed: %s", path.name)
    return removed


def _remove_upload(session: Session, storage: Storage, directory: Path) -> bool:
    """Remove an upload, unless its row was stored since it was listed, or is being stored."""
    with holding_if_free(directory) as is_held:
        if not is_held or _use_of(session, storage, directory.name) is _Use.NEEDED:
            return False
        remove_tree(directory)
    return True


class _Use(Enum):
    """What the directory of an upload is for."""

    NEEDED = auto()
    NONE = auto()
    """No row needs it, yet or any more: the upload is in a bucket, or on its way from elsewhere."""
    OVER = auto()


def _use_of(session: Session, storage: Storage, upload_id: str) -> _Use:
    query = select(Upload.state, Upload.object, UploadHome.place)
    query = query.outerjoin(UploadHome, UploadHome.upload_id == Upload.id)
    with reading(session):
        row = session.execute(query.where(Upload.id == upload_id)).one_or_none()
    if row is not None and row.state is UploadState.REMOVED:
        return _Use.OVER
    if row is None or row.object is not None:
        return _Use.NONE
    is_elsewhere = row.place is not None and row.place != directory_of(storage.run)
    return _Use.NONE if is_elsewhere and row.state is UploadState.ARRIVING else _Use.NEEDED


def _remove_files(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        remove_tree(path)
        return True
    try:
        path.unlink()
    except FileNotFoundError:
        return False  # removed concurrently by another sweep
    return True
