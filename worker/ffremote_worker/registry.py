"""The registry of this worker, imported by name: a database, or a server over HTTP.

So this package itself imports no SQLAlchemy.
"""

from importlib import import_module
from typing import Protocol, cast

from ffremote.config import Settings
from ffremote.errors import ConfigurationError
from ffremote.files.storage import Storage
from ffremote.ledger.protocol import Ledger


class Registry(Protocol):
    """What a module of `ffremote` for a kind of registry offers to the worker's programs."""

    def open_storage(self, settings: Settings) -> Storage:
        """Return the storage, without touching disk or network; raise ConfigurationError."""

    def open_ledger(self, settings: Settings, storage: Storage) -> Ledger:
        """Open the registry; raise DatabaseNotReady or DatabaseUnusable."""

    def worker_lines(self, settings: Settings) -> list[str]:
        """Return a line about each known worker, newest first."""

    def request_drain(self, settings: Settings, worker_id: str) -> None:
        """Ask a worker to finish its running jobs and claim no more; raise NotFound."""

    def request_undrain(self, settings: Settings, worker_id: str) -> None:
        """Withdraw the request to drain; raise NotFound."""


def load(settings: Settings) -> Registry:
    """Return the module of the registry that the settings name.

    Raise ConfigurationError where only a worker over HTTP is installed.
    """
    if settings.worker_server:
        return cast(Registry, import_module("ffremote_worker.remote.access"))
    try:
        return cast(Registry, import_module("ffremote.registry.access"))
    except ModuleNotFoundError as exc:
        if exc.name is None or exc.name.startswith("ffremote"):
            raise
        raise ConfigurationError(
            f"{exc.name} is not installed, so this worker needs --server URL or "
            "FFREMOTE_WORKER_SERVER; for a server on this machine: pip install 'ffremote[server]'"
        ) from exc
