"""Runs the migrations on the database of the Flask app that Flask-Migrate was given."""

from logging.config import fileConfig

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine, MetaData

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
        context.run_migrations()


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
