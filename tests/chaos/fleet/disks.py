"""The audit of the hosts' scratch disks: nothing may be left there that no row needs."""

from collections.abc import Iterator
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


def broken_disks(fleet: Fleet) -> list[str]:
    """Sweep the disk of each host as its program would hours later; return what is left there.

    All programs have ended. What may stay are the spools of uploads that arrive, in their home.
    """
    engine = database.open_engine(fleet.cluster.url)
    try:
        with (
            database.session_maker(engine)() as session,
            patch.object(orphans, "QUIET_SECONDS", -1),
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
    needed = _arriving(session, storage)
    for path in _files(storage.root):
        if path.parts[0] not in KEPT and path.parts[:2] not in needed:
            yield f"left on the disk of {host.name}: {path}"
    for path in _files(storage.run):
        if path.suffix in (".lock", ".bell") and path.name != "bell.lock":
            yield f"left by a dead program of {host.name}: run/{path}"


def _arriving(session: Session, storage: Storage) -> set[tuple[str, ...]]:
    query = select(Upload.id).join(UploadHome, UploadHome.upload_id == Upload.id)
    query = query.where(Upload.state == UploadState.ARRIVING)
    with database.reading(session):
        here = session.scalars(query.where(UploadHome.place == directory_of(storage.run))).all()
    return {("uploads", upload_id) for upload_id in here}


def _files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        if not path.is_dir():
            yield path.relative_to(root)
