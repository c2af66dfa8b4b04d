"""How the worker's programs open the registry: as a ledger, or for an operator's command."""

import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database, schema, startup
from ffremote.db.installation import name_of_installation
from ffremote.db.models import Worker
from ffremote.depot.protocol import DepotAway
from ffremote.errors import ConfigurationError
from ffremote.ffmpeg import Capabilities
from ffremote.files import opening
from ffremote.files.storage import Storage
from ffremote.host import notify
from ffremote.jobs import workers
from ffremote.ledger.protocol import Ledger

from .sql_ledger import SqlLedger

log = logging.getLogger(__name__)


def open_storage(settings: Settings) -> Storage:
    """Return the storage, without touching disk or network; raise ConfigurationError."""
    return opening.open_storage(settings)


def open_ledger(settings: Settings, storage: Storage) -> Ledger:
    """Open the database; raise DatabaseNotReady or DatabaseUnusable."""
    engine = database.open_engine(settings.registry_url)
    startup.require_database(engine)
    sessions = database.session_maker(engine)
    with sessions() as session:
        own_depot(session, storage)
    return SqlLedger(
        sessions,
        storage,
        lease_seconds=settings.lease_seconds,
        reserve_bytes=settings.min_free_bytes,
    )


def own_depot(session: Session, storage: Storage) -> None:
    """Claim the depot for this installation; raise ConfigurationError if it is another's.

    One that is away is asked before anything is written there.
    """
    if storage.depot.is_on_this_disk:
        return
    try:
        storage.depot.own(name_of_installation(session))
    except DepotAway as exc:
        if exc.is_misconfigured:
            raise ConfigurationError(exc.message) from exc
        log.warning("%s", exc.message)


def worker_lines(settings: Settings) -> list[str]:
    """Return a line about each known worker, newest first."""
    with _session(settings) as session:
        return [_line(worker) for worker in workers.list_all(session)]


def request_drain(settings: Settings, worker_id: str) -> None:
    """Ask a worker to finish its running jobs and claim no more; raise NotFound."""
    _request(settings, workers.request_drain, worker_id)


def request_undrain(settings: Settings, worker_id: str) -> None:
    """Withdraw the request to drain; raise NotFound."""
    _request(settings, workers.request_undrain, worker_id)


def _request(settings: Settings, change: Callable[[Session, str], Worker], worker_id: str) -> None:
    with _session(settings) as session:
        change(session, worker_id)
    notify.notify_all(Storage(settings.data_dir).run)


def _line(worker: Worker) -> str:
    versions = f"FFmpeg {worker.ffmpeg_version}"
    if worker.capabilities:
        versions = Capabilities.from_json(worker.capabilities).versions
    return (
        f"{worker.id}  {worker.state:<8}  {worker.host}:{worker.pid}  {worker.concurrency} slots  "
        f"{versions}  last heartbeat {worker.heartbeat_at:%Y-%m-%d %H:%M:%S}"
    )


def _session(settings: Settings) -> Session:
    engine = database.open_engine(settings.registry_url)
    schema.require_schema(engine)
    return database.session_maker(engine)()
