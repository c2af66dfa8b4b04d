"""Runs the migrations on the database of the Flask app that Flask-Migrate was given."""

from logging.config import fileConfig

from alembic import context
from click import ClickException
from flask import current_app
from sqlalchemy import Connection, Engine, MetaData, inspect
from sqlalchemy.orm import Session

from ffremote.api.context import current
from ffremote.jobs import workers as fleet

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
        refuse_old_code(connection)
        context.run_migrations()


def refuse_old_code(connection: Connection) -> None:
    """Stop before the first statement of a pending migration while old code runs."""
    if not is_behind() or not inspect(connection).has_table("workers"):
        return
    if context.get_x_argument(as_dictionary=True).get("live") == "yes":
        return
    storage = current().storage
    with Session(engine()) as session:  # beside our transaction, which reading would end
        workers, servers = len(fleet.alive(session, storage)), fleet.count_live_servers(storage)
    if workers or servers:
        raise ClickException(
            f"{workers} workers and {servers} servers are running; stop them, then migrate. "
            "To migrate under them all the same: db upgrade -x live=yes"
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
    current().storage.prepare()
    with engine().connect() as opened:
        run(opened)
        opened.commit()
