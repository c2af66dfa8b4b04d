"""How the worker's programs open the registry: as a ledger, or for an operator's command."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database, schema, startup
from ffremote.db.models import Worker
from ffremote.ffmpeg import Capabilities
from ffremote.files.storage import Storage
from ffremote.host import notify
from ffremote.jobs import workers
from ffremote.ledger.protocol import Ledger

from .sql_ledger import SqlLedger


def open_ledger(settings: Settings, storage: Storage) -> Ledger:
    """Open the database; raise DatabaseNotReady or DatabaseUnusable."""
    engine = database.open_engine(settings.registry_url)
    startup.require_database(engine)
    sessions = database.session_maker(engine)
    return SqlLedger(sessions, storage, lease_seconds=settings.lease_seconds)


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
