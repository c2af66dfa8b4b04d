"""`ffremote-server`: runs the API under the bundled waitress server."""

import gc
import signal
import sys
import threading
import uuid
from types import FrameType

import click
from flask import Flask
from sqlalchemy import Engine

from ffremote import logs
from ffremote.config import Settings, load_settings
from ffremote.db import startup
from ffremote.errors import ConfigurationError, FfremoteError
from ffremote.files import ballast
from ffremote.host.ending import end_now
from ffremote.host.locks import ProcessLock
from ffremote.host.notify import Listener
from ffremote.registry.access import own_depot
from ffremote.registry.presence import present

from . import upload_completion
from .access import guard
from .access.guard import AccessPolicy
from .app import create_app
from .context import KEY, AppContext
from .service_state.sampling import sample_for_ever
from .waitress_server.server import Server
from .worker_api import rounds

CLOSE_SECONDS = 3.0  # for parts on their way to a bucket; all of the end fits into 10 seconds


@click.command()
@click.version_option(package_name="ffremote")
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Address to listen on.  [env var: FFREMOTE_HOST; default: 127.0.0.1]",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    help="Port to listen on; 0 selects a free port.  [env var: FFREMOTE_PORT; default: 8080]",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Number of threads for short requests; transfers have threads of their own."
    "  [env var: FFREMOTE_THREADS; default: 8]",
)
def cli(host: str | None, port: int | None, threads: int | None) -> None:
    """Serve the API until Ctrl-C or SIGTERM.

    All other settings are environment variables: see docs/operations.md. Jobs are run by
    `ffremote-worker`.

    \b
    Examples:
      ffremote-server
      ffremote-server --port 9000 --threads 16
    """
    settings = load_settings(host=host, port=port, threads=threads)
    logs.configure(settings)
    app = create_app(settings)
    storage = app.extensions[KEY].storage
    storage.prepare()
    # Locked before the schema check: a later migration sees by the lock that a server is running.
    server_id = str(uuid.uuid4())
    lock = storage.server_lock(server_id)
    with ProcessLock(lock), Listener(storage.run, lock.stem) as listener:
        engine = _require_schema(app)
        if settings.is_sqlite:
            ballast.restore(storage)
        with present(engine, storage, server_id):
            try:
                _serve(app, settings, listener)
            finally:
                app.extensions[KEY].senders.close(CLOSE_SECONDS)
    end_now(0)


def _serve(app: Flask, settings: Settings, listener: Listener) -> None:
    signal.signal(signal.SIGTERM, _stop)
    policy: AccessPolicy = app.extensions[KEY].access
    with app.app_context():
        policy.tokens.load()
        if policy.tokens.were_required:
            policy.sessions.load()
    guard.warn_if_open(settings, has_tokens=policy.tokens.were_required)
    server = _bind(app, settings, policy)
    server.wake_by(listener)
    for address, bound in server.addresses:
        shown = f"[{address}]" if ":" in address else address
        click.echo(f"ffremote-server: listening on http://{shown}:{bound}", err=True)
    threading.Thread(target=app.extensions[KEY].capabilities.warm_up, daemon=True).start()
    upload_completion.complete_all_in_background(app)
    looks = threading.Thread(
        target=rounds.look_for_ever, args=(app, listener.notify), name="rounds", daemon=True
    )
    looks.start()
    samples = threading.Thread(target=sample_for_ever, args=(app,), name="samples", daemon=True)
    samples.start()
    _spare_what_stays()
    server.run()


def _spare_what_stays() -> None:
    """Let garbage collections pass over what the program loaded, which stays until its end.

    Otherwise each full one looks at all of it, and no thread runs for 90 ms.
    """
    gc.collect()
    gc.freeze()


def main() -> None:
    """Run the command line; an error at startup prints one line and exits with status 1."""
    try:
        cli()
    except FfremoteError as exc:
        click.echo(f"ffremote-server: {exc}", err=True)
        sys.exit(1)


def _require_schema(app: Flask) -> Engine:
    """Require what this program needs of the database; return it."""
    with app.app_context():
        context: AppContext = app.extensions[KEY]
        startup.require_database(context.db.engine)
        own_depot(context.session, context.storage)
        return context.db.engine


def _bind(app: Flask, settings: Settings, policy: AccessPolicy) -> Server:
    try:
        return Server.bind(app, settings, policy)
    except OSError as exc:
        raise ConfigurationError(
            f"cannot listen on {settings.host}:{settings.port}: {exc.strerror or exc}"
        ) from exc


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
