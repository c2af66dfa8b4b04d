"""Runs the migrations on the database of the Flask app that Flask-Migrate was given."""

from logging.config import fileConfig

from alembic import context
from click import ClickException
from flask import current_app
from sqlalchemy import Connection, Engine, MetaData, inspect
from sqlalchemy.orm import Session

from ffremote.api.context import current
from ffremote.db import postgresql, schema
from ffremote.errors import DatabaseUnusable
from ffremote.jobs import workers
from ffremote.jobs.fleet import servers

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def engine() -> Engine:
    """Return the app's engine, which opens SQLite with the pragmas of `ffremote.db`."""
    found: Engine = current_app.extensions["migrate"].db.engine
    return found


def metadata() -> MetaData:
    """Return the schema that the models define."""
    found: MetaData = current_app.extensions["migrate"].db.metadata
    return found


def run(connection: Connection) -> None:
    """Run the requested migrations in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        transactional_ddl=True,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        refuse_half_copy()
        refuse_old_code(connection)
        context.run_migrations()


def refuse_unusable() -> None:
    """Raise ClickException, with the reason, for a database that cannot be read."""
    try:
        schema.schema_version(engine())
    except DatabaseUnusable as exc:
        raise ClickException(str(exc)) from exc


def refuse_half_copy() -> None:
    """Raise ClickException for a database that an interrupted copy was filling."""
    if schema.COPYING in context.get_context().get_current_heads():
        raise ClickException(schema.INCOMPLETE)


def refuse_old_code(connection: Connection) -> None:
    """Raise ClickException before a pending migration if workers or servers run the old code."""
    if not is_behind() or not inspect(connection).has_table("workers"):
        return
    if context.get_x_argument(as_dictionary=True).get("live") == "yes":
        return
    storage = current().storage
    with Session(engine()) as session:  # its own session: reading would end this transaction
        live_workers = len(workers.alive(session, storage))
        live_servers = workers.count_live_servers(storage)
        if inspect(connection).has_table("servers"):
            live_servers += servers.count_elsewhere(session, storage)
    if live_workers or live_servers:
        raise ClickException(
            f"{live_workers} workers and {live_servers} servers are running; stop them, then "
            "migrate. To migrate while they run: db upgrade -x live=yes"
        )


def is_behind() -> bool:
    """Return whether a migration is pending."""
    return set(context.get_context().get_current_heads()) != set(context.script.get_heads())


if context.is_offline_mode():
    context.configure(
        url=engine().url.render_as_string(hide_password=False),
        target_metadata=metadata(),
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    current().storage.prepare()
    refuse_unusable()
    with engine().connect() as opened, postgresql.without_limits(opened):
        run(opened)
        opened.commit()
