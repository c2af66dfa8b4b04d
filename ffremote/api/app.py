"""The Flask app: context, error handlers, access checks, commands and blueprints."""

from http import HTTPStatus
from importlib import resources
from typing import cast

from flask import Flask, Response
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from ffremote.config import Settings, load_settings
from ffremote.db import database
from ffremote.db.models import Base
from ffremote.files.opening import open_storage
from ffremote.ledger import wire
from ffremote.spec import presets

from .access.guard import AccessPolicy, guard
from .access.url_prefix import UrlPrefix
from .capabilities import ServiceCapabilities
from .cli import commands, database_copy, invites, storage_move, tokens
from .context import KEY, AppContext
from .errors import register_error_handlers
from .ingest.hashing import Digests
from .page import pages
from .placement.crew import Crew
from .routes import (
    docs,
    events,
    files,
    invited,
    jobs,
    metrics,
    remote_claims,
    remote_files,
    remote_workers,
    service,
    service_state,
    sessions,
    uploads,
)
from .service_state import traffic

BASE = "/api/v1"


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app; `settings` default to those of the environment.

    Raises ConfigurationError for an invalid setting.
    """
    settings = settings or load_settings()
    app = Flask("ffremote", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    # A redirect to another spelling of a path would be a response outside of the error model.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    storage, db = open_storage(settings), _database(app, settings)
    policy = AccessPolicy.from_settings(settings, lambda: cast(Session, db.session()))
    app.before_request(storage.prepare_once)  # on first use: `flask doctor` creates nothing
    app.extensions[KEY] = AppContext(
        settings,
        storage,
        db,
        ServiceCapabilities(settings, storage),
        presets.load(settings),
        policy,
        Digests(),
        Crew(storage),
    )
    if settings.url_prefix:
        app.wsgi_app = UrlPrefix(app.wsgi_app, settings.url_prefix)  # type: ignore[method-assign]
    register_error_handlers(app)
    guard(app, policy)
    app.after_request(_add_default_headers)
    traffic.count(app)
    app.register_blueprint(commands.blueprint)
    database_copy.add_to(app, create_app)
    app.cli.add_command(tokens.group)
    app.cli.add_command(invites.group)
    app.cli.add_command(storage_move.group)
    _add_routes(app)
    return app


def _add_routes(app: Flask) -> None:
    app.register_blueprint(jobs.blueprint, url_prefix=BASE)
    app.register_blueprint(events.blueprint, url_prefix=BASE)
    app.register_blueprint(files.blueprint, url_prefix=BASE)
    app.register_blueprint(files.signed)
    app.register_blueprint(uploads.blueprint, url_prefix=BASE)
    app.register_blueprint(service.blueprint, url_prefix=BASE)
    app.register_blueprint(service_state.blueprint, url_prefix=BASE)
    app.register_blueprint(sessions.blueprint, url_prefix=BASE)
    for each in (invited, remote_workers, remote_claims, remote_files):
        app.register_blueprint(each.blueprint, url_prefix=wire.API)
    app.register_blueprint(service.health)
    app.register_blueprint(metrics.blueprint)
    app.register_blueprint(pages.blueprint)
    app.register_blueprint(docs.blueprint)


def _database(app: Flask, settings: Settings) -> SQLAlchemy:
    url = database.normal_url(settings.registry_url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(
        url,
        kept=settings.threads + 4,  # more than all short requests, and the threads behind them
        further=settings.transfer_threads,
    )
    db = SQLAlchemy(
        app,
        model_class=Base,
        disable_autonaming=True,
        session_options={"expire_on_commit": False},
    )
    Migrate(app, db, directory=str(resources.files("ffremote.migrations")), render_as_batch=True)
    with app.app_context():
        database.prepare(db.engine)
    return db


def _add_default_headers(response: Response) -> Response:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    if response.status_code == HTTPStatus.NO_CONTENT:
        del response.headers["Content-Type"]  # there is no content
    return response
