"""The audit of the hosts' scratch disks: nothing may be left there that no row needs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import select
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.models import Upload, UploadState
from ffremote.db.upload_part import UploadHome
from ffremote.files.opening import open_storage
from ffremote.files.storage import Storage
from ffremote.host.place import directory_of
from ffremote.jobs import orphans
from tests.chaos.fleet.hosts import Fleet, Host

KEPT = ("run", "cache", "ballast")
LATER_SECONDS = 2 * 3600  # a program whose clock was an hour ahead dates its files so


def broken_disks(fleet: Fleet) -> list[str]:
    """Sweep the disk of each host as its program would hours later; return what is left there.

    All programs have ended. What may stay are the spools of uploads that arrive, in their home;
    one of which no byte came has no home yet, and an empty spool where it was created.
    """
    engine = database.open_engine(fleet.cluster.url)
    try:
        with (
            database.session_maker(engine)() as session,
            patch.object(orphans, "QUIET_SECONDS", -LATER_SECONDS),
        ):
            hosts = [host for host in fleet.hosts.values() if host.data_dir.is_dir()]
            return [line for host in hosts for line in _left(session, fleet, host)]
    finally:
        engine.dispose()


def _left(session: Session, fleet: Fleet, host: Host) -> Iterator[str]:
    storage = open_storage(
        Settings(
            data_dir=host.data_dir,
            database_url=fleet.cluster.url,
            storage_url=fleet.storage_url,
        )
    )
    storage.prepare()
    orphans.sweep(session, storage)
    homes = _arriving(session)
    for path in _files(storage.root):
        if path.parts[0] not in KEPT and not _may_stay(storage, path, homes):
            yield f"left on the disk of {host.name}: {path}{_row(session, path)}"
    for path in _files(storage.run):
        if path.suffix in (".lock", ".bell") and path.name != "bell.lock":
            yield f"left by a dead program of {host.name}: run/{path}"


def _row(session: Session, path: Path) -> str:
    """Describe the row of an upload that a file belongs to, for the report."""
    if path.parts[0] != "uploads":
        return ""
    query = select(Upload.state, Upload.object, UploadHome.place)
    query = query.outerjoin(UploadHome, UploadHome.upload_id == Upload.id)
    with database.reading(session):
        row = session.execute(query.where(Upload.id == path.parts[1])).one_or_none()
    return f" ({'no row' if row is None else ', '.join(map(str, row))})"


def _may_stay(storage: Storage, path: Path, homes: Mapping[str, str | None]) -> bool:
    if path.parts[0] != "uploads" or path.parts[1] not in homes:
        return False
    home = homes[path.parts[1]]
    if home is None:
        return (storage.root / path).stat().st_size == 0
    return home == directory_of(storage.run)


def _arriving(session: Session) -> Mapping[str, str | None]:
    """Return the homes of the uploads that arrive; None where no server has written yet."""
    query = select(Upload.id, UploadHome.place)
    query = query.outerjoin(UploadHome, UploadHome.upload_id == Upload.id)
    with database.reading(session):
        rows = session.execute(query.where(Upload.state == UploadState.ARRIVING)).all()
    return {row.id: row.place for row in rows}


def _files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        if not path.is_dir():
            yield path.relative_to(root)
