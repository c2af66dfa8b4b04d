"""A real server for workers over HTTP, and what such a worker has of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote_worker.remote import access
from ffremote_worker.remote.depot import HttpDepot
from ffremote_worker.remote.ledger import HttpLedger
from tests.api.conftest import Address, app, serve
from tests.support.http_worker import add_token
from tests.support.scripted_server import Script, replying

__all__ = ["app", "serve"]


class Remote:
    """The scratch, depot and ledger of one process of a worker over HTTP."""

    def __init__(self, home: Path, server: str, token: str, **settings: Any) -> None:
        home.mkdir(exist_ok=True)
        self.settings = Settings(
            data_dir=home,
            worker_server=server,
            worker_token=token,
            min_free_bytes=0,
            outage_seconds=5,
            **settings,
        )
        self.storage = access.open_storage(self.settings)
        self.storage.prepare()
        ledger, depot = access.open_ledger(self.settings, self.storage), self.storage.depot
        assert isinstance(ledger, HttpLedger) and isinstance(depot, HttpDepot)
        self.ledger, self.depot = ledger, depot


@pytest.fixture
def remote(app: Flask, serve: Callable[..., Address], session: Session, tmp_path: Path) -> Remote:
    """A worker of a real server."""
    token = add_token(session)
    host, port = serve(app)
    return Remote(tmp_path / "worker", f"http://{host}:{port}", token)


@pytest.fixture
def script() -> Iterator[Script]:
    """The replies of a server that does what a test says."""
    with replying(Script()) as script:
        yield script


@pytest.fixture
def scripted(script: Script, tmp_path: Path) -> Remote:
    """A worker of a scripted server."""
    return Remote(tmp_path / "worker", script.url, "secret")
