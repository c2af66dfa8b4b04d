"""`flask db copy URL`: the rows of SQLite to an empty PostgreSQL database."""

from collections.abc import Callable

import click
from flask import Flask
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from ffremote.config import Settings
from ffremote.db import copying, database, schema
from ffremote.errors import ConfigurationError, DatabaseNotReady
from ffremote.jobs import workers

from ..context import AppContext
from .commands import ready_context

Factory = Callable[[Settings], Flask]

HELP = """Copy all rows of this SQLite database to the PostgreSQL database URL, and compare them.

    Stop server, workers and cleanup before. The source is only read. URL names an empty database,
    which is migrated first; its password may stand in ~/.pgpass. After an interruption, run the
    same command again: it continues. Files stay in the data directory.

    \b
    Example:
      flask db copy postgresql://ffremote@db.example/ffremote
"""


def add_to(app: Flask, create_app: Factory) -> None:
    """Add `copy` to the group `db` of the app; `create_app` makes an app on the target."""

    @click.command("copy", help=HELP, short_help="Copy the rows of SQLite to PostgreSQL.")
    @click.argument("url")
    @with_appcontext
    def copy(url: str) -> None:
        _copy_to(url, create_app)

    group = app.cli.commands["db"]
    assert isinstance(group, click.Group)  # that of Flask-Migrate
    group.add_command(copy)


def _copy_to(url: str, create_app: Factory) -> None:
    context = ready_context()
    try:
        target = _target_settings(context, url)
        _refuse_live_programs(context)
        found = _copy(context, create_app(target))
    except (ConfigurationError, DatabaseNotReady) as exc:
        raise click.ClickException(str(exc)) from exc
    except SQLAlchemyError as exc:
        detail = exc.orig if isinstance(exc, DBAPIError) else exc
        raise click.ClickException(
            f"the copy stopped: {detail}\n"
            "The source is as it was; run the same command again to continue."
        ) from exc
    rows = ", ".join(f"{name} {content.rows}" for name, content in found.items())
    click.echo(f"copied and compared: {rows}")
    click.echo("Now start the programs with the URL as FFREMOTE_DATABASE_URL.")


def _target_settings(context: AppContext, url: str) -> Settings:
    """Return the settings of a program on the target; raise ConfigurationError for a wrong one."""
    source = context.db.engine.dialect.name
    if source != "sqlite":
        raise ConfigurationError(f"this database is {source}; only SQLite can be copied")
    try:
        backend = make_url(database.normal_url(url)).get_backend_name()
    except ArgumentError as exc:
        raise ConfigurationError("URL is not one of a database: write postgresql://…") from exc
    if backend != "postgresql":
        raise ConfigurationError(f"URL names {backend}; rows are copied to PostgreSQL only")
    return context.settings.model_copy(update={"database_url": url})


def _refuse_live_programs(context: AppContext) -> None:
    live_workers = len(workers.alive(context.session, context.storage))
    live_servers = workers.count_live_servers(context.storage)
    if live_workers or live_servers:
        raise ConfigurationError(
            f"{live_workers} workers and {live_servers} servers are running; stop them, then copy"
        )


def _copy(context: AppContext, target: Flask) -> dict[str, copying.Content]:
    with target.app_context():
        engine: Engine = target.extensions["sqlalchemy"].engine
    source = copying.open_source(context.settings.registry_url)
    try:
        with target.app_context():
            _migrate(engine)
        return copying.copy_all(
            source,
            engine,
            report=lambda line: click.echo(line, err=True),
            before_end=lambda: _refuse_live_programs(context),
        )
    finally:
        source.dispose()
        engine.dispose()


def _migrate(engine: Engine) -> None:
    """Give the target the schema of this version, unless an interrupted copy did."""
    version = schema.schema_version(engine)
    if version == schema.COPYING:
        return
    if version is None or version < schema.HEAD:
        upgrade()
    schema.require_schema(engine)
