"""Removes the orphans of the depot: whole files that no row names.

The keys are listed before their rows are read, and a row names a key only after the file was kept:
of an attempt, the row of its running claim or of its result; of an upload, its own row, which is
stored within an hour, as is the row of a piece of one that arrives. Files that lie in this host's
data directory are left to the sweep of it. If more than half of all files are orphans, the rows are
rather not those of this depot.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote.db.database import reading
from ffremote.db.models import Job, Upload, UploadState
from ffremote.depot import keys
from ffremote.depot.protocol import Depot, DepotAway, Entry
from ffremote.files.storage import Storage

from .fleet import upload_parts

log = logging.getLogger(__name__)

BATCH = 1000
QUIET_SECONDS = 3600
LEFTOVER_SECONDS = 24 * 3600
FEW = 20  # so many orphans are removed, whatever their share


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file of the depot, and whose it is."""

    entry: Entry
    owner: keys.Owner


@dataclass(slots=True)
class _Findings:
    """How many files were looked at; how many are orphans, and by what they are removed."""

    files: int = 0
    orphans: int = 0
    units: dict[str, None] = field(default_factory=dict)


def sweep(session: Session, storage: Storage, *, dry_run: bool = False) -> Sequence[str]:
    """Remove all orphans; return their keys, or the folders of keys. A depot that is away has none.

    None is removed if they are more than half of all files.
    """
    try:
        found = _find(session, storage)
    except DepotAway as exc:
        log.warning("the orphans of the depot are left to the next cleanup: %s", exc.message)
        return []
    if found.orphans > max(FEW, found.files / 2):
        log.error(
            "%d of the %d files of the depot have no row, so none of them is removed. Is this the "
            "database that belongs to it, and not an older copy?",
            *(found.orphans, found.files),
        )
        return []
    if dry_run:
        return list(found.units)
    _remove_leftovers(session, storage.depot)
    return [unit for unit in found.units if _remove(storage.depot, unit)]


def _remove_leftovers(session: Session, depot: Depot) -> None:
    """Remove the sent parts of files whose upload to the depot began a day ago and did not end.

    Those of an upload that still arrives are in use, however old they are.
    """
    try:
        needed = partial(upload_parts.known_multiparts, session)
        if removed := depot.remove_leftovers(LEFTOVER_SECONDS, needed):
            log.info("%d files that were sent in part are removed", removed)
    except DepotAway as exc:
        log.warning("files that were sent in part are left to the next cleanup: %s", exc.message)


def _find(session: Session, storage: Storage) -> _Findings:
    found = _Findings()
    for root, is_living in (("jobs", _living_attempts), ("uploads", _living_uploads)):
        elsewhere = _elsewhere(storage, storage.depot.listed(root))
        while batch := list(islice(elsewhere, BATCH)):
            living = is_living(session, batch)
            dead = [each.owner.unit for each in batch if each not in living]
            found.files += len(batch)
            found.orphans += len(dead)
            found.units |= dict.fromkeys(dead)
    return found


def _elsewhere(storage: Storage, listed: Iterator[Entry]) -> Iterator[_Kept]:
    for entry in listed:
        owner = keys.owner(entry.key)
        if owner is None:
            continue
        # While a file is sent its row does not name it yet; that of a piece is written at once.
        if keys.is_piece(entry.key) or not storage.is_in_scratch(entry.key):
            yield _Kept(entry, owner)


def _living_attempts(session: Session, batch: Sequence[_Kept]) -> set[_Kept]:
    """Return the files of running claims, and of results that were not removed."""
    rows = select(Job.id, Job.claim_token, Job.result_token, Job.files_removed_at)
    with reading(session):
        found = session.execute(rows.where(Job.id.in_({each.owner.id for each in batch})))
        tokens = {
            row.id: {row.claim_token, None if row.files_removed_at else row.result_token}
            for row in found
        }
    return {each for each in batch if each.owner.token in tokens.get(each.owner.id, ())}


def _living_uploads(session: Session, batch: Sequence[_Kept]) -> set[_Kept]:
    """Return the files of uploads that were not removed, and those that may yet get a row."""
    rows = select(Upload.id, Upload.state)
    with reading(session):
        found = session.execute(rows.where(Upload.id.in_({each.owner.id for each in batch})))
        states = {row.id: row.state for row in found}
    removed = {upload_id for upload_id, state in states.items() if state is UploadState.REMOVED}
    pieces = {each.entry.key for each in batch if keys.is_piece(each.entry.key)}
    dead = pieces - upload_parts.known_objects(session, pieces)
    return {
        each
        for each in batch
        if each.owner.id not in removed
        and (
            (each.owner.id in states and each.entry.key not in dead)
            or each.entry.age <= QUIET_SECONDS
        )
    }


def _remove(depot: Depot, unit: str) -> bool:
    try:
        if keys.owner(unit) is None:
            depot.remove_all(unit)
        else:
            depot.remove(unit)
    except (OSError, DepotAway) as exc:
        log.warning("orphan %s cannot be removed: %s", unit, exc)
        return False
    log.info("orphan removed: %s", unit)
    return True
