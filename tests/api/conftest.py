"""What the tests of the API share: real servers on real sockets."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from wsgiref.types import WSGIApplication

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ffremote.api.access.guard import AccessPolicy
from ffremote.api.app import create_app
from ffremote.api.context import KEY
from ffremote.api.waitress_server.server import Server
from ffremote.config import Settings

Address = tuple[str, int]


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app on a fresh data directory."""
    made = create_app(settings)
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without a network."""
    return app.test_client()


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[..., Address]]:
    """Start our server for a WSGI app; returns where it listens."""
    with contextlib.ExitStack() as stack:

        def start(app: WSGIApplication, of: Settings = settings) -> Address:
            return stack.enter_context(_running(app, of))

        yield start


@contextlib.contextmanager
def _running(app: WSGIApplication, settings: Settings) -> Iterator[Address]:
    bound = settings.model_copy(update={"port": 0})
    is_ours = isinstance(app, Flask) and KEY in app.extensions
    policy = app.extensions[KEY].access if is_ours else AccessPolicy.from_settings(bound)
    server = Server.bind(app, bound, policy)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.addresses[0]
    finally:
        server.stop()
        thread.join(10)
        assert not thread.is_alive()
