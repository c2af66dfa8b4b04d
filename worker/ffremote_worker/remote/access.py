"""How the worker's programs reach a server: its files and its registry, by the settings."""

from typing import NoReturn

from ffremote.config import Settings
from ffremote.errors import ConfigurationError
from ffremote.files.storage import Storage
from ffremote.ledger.protocol import Ledger

from .depot import HttpDepot
from .held_claims import HeldClaims
from .ledger import HttpLedger
from .line import Line
from .rate import SharedRate, parse_rate

ELSEWHERE = (
    "a worker over HTTP sees no other workers; use `ffremote workers`, `ffremote drain ID` and "
    "`ffremote undrain ID` with a client's token, or ffremote-worker on the server"
)


def open_storage(settings: Settings) -> Storage:
    """Return the scratch of this worker, with the server's files as its depot.

    Nothing is sent. Raise ConfigurationError.
    """
    _refuse_conflicts(settings)
    line = Line(settings.worker_server, settings.worker_token, ca=settings.worker_ca)
    rate = parse_rate(settings.worker_rate)
    run = Storage(settings.data_dir).run
    depot = HttpDepot(
        line,
        HeldClaims(),
        SharedRate(run / "rate", rate),
        outage_seconds=settings.outage_seconds,
    )
    return Storage(settings.data_dir, depot, scratch_bytes=settings.scratch_bytes)


def open_ledger(settings: Settings, storage: Storage) -> Ledger:
    """Return the ledger that shares connections and claims with the depot of `storage`."""
    depot = storage.depot
    assert isinstance(depot, HttpDepot)
    return HttpLedger(
        depot.line,
        storage,
        depot.held,
        lease_seconds=settings.lease_seconds,
        reserve_bytes=settings.min_free_bytes,
    )


def worker_lines(settings: Settings) -> list[str]:
    """Refuse: only the server knows all workers."""
    _refuse()


def request_drain(settings: Settings, worker_id: str) -> None:
    """Refuse, as `worker_lines`."""
    _refuse()


def request_undrain(settings: Settings, worker_id: str) -> None:
    """Refuse, as `worker_lines`."""
    _refuse()


def _refuse() -> NoReturn:
    raise ConfigurationError(ELSEWHERE)


def _refuse_conflicts(settings: Settings) -> None:
    """Raise ConfigurationError for settings that are the server's, and for a missing token."""
    for name in ("database_url", "storage_url"):
        if getattr(settings, name):
            raise ConfigurationError(
                f"FFREMOTE_{name.upper()} and FFREMOTE_WORKER_SERVER cannot both be set: a worker "
                "over HTTP knows only the server"
            )
    if (settings.data_dir / "ffremote.db").exists():
        raise ConfigurationError(
            f"FFREMOTE_DATA_DIR={str(settings.data_dir)!r} has the database of a server; a worker "
            "over HTTP needs a directory of its own"
        )
    if not settings.worker_token:
        raise ConfigurationError(
            "FFREMOTE_WORKER_TOKEN is not set; on the server, `flask token add NAME --worker` "
            "prints one"
        )
