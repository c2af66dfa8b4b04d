"""Runs the migrations on the database of the Flask app that Flask-Migrate was given."""

from logging.config import fileConfig

from alembic import context
from click import ClickException
from flask import current_app
from sqlalchemy import Connection, Engine, MetaData, func, inspect, select

from ffremote.clock import utc_now
from ffremote.fleet import ALIVE
from ffremote.models import Worker, WorkerState

config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)


def engine() -> Engine:
    """Return the app's engine, which opens SQLite as every other program of ours does."""
    found: Engine = current_app.extensions["migrate"].db.engine
    return found


def metadata() -> MetaData:
    """Return the schema that the models ask for."""
    found: MetaData = current_app.extensions["migrate"].db.metadata
    return found


def run(connection: Connection) -> None:
    """Run what was asked for in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        transactional_ddl=True,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        refuse_live_workers(connection)
        context.run_migrations()


def refuse_live_workers(connection: Connection) -> None:
    """Stop before the first statement of a pending migration while a worker runs old code."""
    if not is_behind() or not inspect(connection).has_table("workers"):
        return
    if context.get_x_argument(as_dictionary=True).get("live") == "yes":
        return
    query = select(func.count()).where(Worker.state != WorkerState.GONE)
    live = connection.scalar(query.where(Worker.heartbeat_at > utc_now() - ALIVE))
    if live:
        raise ClickException(
            f"{live} workers were heard of within the last {ALIVE.seconds} s; stop workers and "
            "server, then migrate. To migrate under them all the same: db upgrade -x live=yes"
        )


def is_behind() -> bool:
    """Whether a migration waits to be run."""
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
    with engine().connect() as opened:
        run(opened)
        opened.commit()
