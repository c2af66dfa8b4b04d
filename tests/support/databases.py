"""A migrated database for each test, on SQLite or on PostgreSQL, as a copy of one template."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import psycopg
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.orm import Session

from ffremote import clock
from ffremote.api.app import create_app
from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.models import Base
from tests.support import postgresql

SQLITE_FILE = "ffremote.db"


class Template(Protocol):
    """A migrated database of which each test gets a copy."""

    def copy(self, data_dir: Path) -> str:
        """Make a copy for a data directory; return the value of `Settings.database_url`."""

    def drop(self, url: str) -> None:
        """Remove a copy to which nothing is connected."""


@dataclass(frozen=True)
class SqliteTemplate:
    """The file of a migrated data directory; its copy is in the data directory, too."""

    data_dir: Path

    def copy(self, data_dir: Path) -> str:
        """Copy the file."""
        shutil.copyfile(self.data_dir / SQLITE_FILE, data_dir / SQLITE_FILE)
        return ""

    def drop(self, url: str) -> None:
        """Leave it to the data directory."""


COUNT_OBJECTS = """
    SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace)
         + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
         + (SELECT count(*) FROM pg_trigger)
"""
END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class PostgresqlTemplate:
    """A migrated database of a cluster, and its copies.

    A copy takes half a second, so a copy that was dropped is emptied and used again.
    """

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self._name = name
        self._free: list[str] = []
        with self._connected(self.named(name)) as connection:
            [self._objects] = connection.execute(COUNT_OBJECTS).fetchone() or ()
            self._reset = _reset(connection)

    def copy(self, data_dir: Path) -> str:
        """Create a database in the cluster, or take one that was dropped."""
        if self._free:
            return self._free.pop()
        name = f"t{uuid.uuid4().hex}"
        run(self.url, f"CREATE DATABASE {name} TEMPLATE {self._name}")
        return self.named(name)

    def empty(self) -> str:
        """Create a database without tables."""
        name = f"t{uuid.uuid4().hex}"
        run(self.url, f"CREATE DATABASE {name}")
        return self.named(name)

    def drop(self, url: str) -> None:
        """Empty the database and keep it; drop it if the test changed more than rows.

        Its time is not that of the next test, which may be on SQLite.
        """
        clock._followed = None
        with self._connected(url) as connection:
            connection.execute(END_OTHERS)
            [objects] = connection.execute(COUNT_OBJECTS).fetchone() or ()
            if is_same := objects == self._objects:
                connection.execute(self._reset)
        if is_same:
            self._free.append(url)
        else:
            self.discard(url)

    def discard(self, url: str) -> None:
        """Drop the database, whatever is connected to it."""
        run(self.url, f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")

    def named(self, name: str) -> str:
        """Return the URL of a database of the cluster."""
        return self.url.replace("/postgres?", f"/{name}?")

    def _connected(self, url: str) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(url, autocommit=True)


def _reset(connection: "psycopg.Connection[tuple[Any, ...]]") -> bytes:
    """Return the statements that remove the rows which the migrations did not write."""
    tables = [table.name for table in reversed(Base.metadata.sorted_tables)]
    empty = [
        name
        for name in tables
        if not connection.execute(f"SELECT FROM {name} LIMIT 1".encode()).fetchall()
    ]
    deletes = [f"DELETE FROM {name}" for name in empty]
    noted = [f"DELETE FROM {name}" for name in ("job_changes", "job_events") if name in empty]
    sums = ["UPDATE job_totals SET total = 0", "UPDATE counters SET value = 0"]
    return "; ".join([*deletes, *noted, *sums]).encode()


def run(url: str, statement: str) -> None:
    """Run one statement outside of a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def postgresql_template(data_dir: Path) -> Iterator[PostgresqlTemplate]:
    """Run a cluster with a database that the migrations built."""
    with postgresql.cluster() as url:
        run(url, "CREATE DATABASE migrated")
        migrate(Settings(data_dir=data_dir, database_url=url.replace("/postgres?", "/migrated?")))
        yield PostgresqlTemplate(url, "migrated")


def migrate(settings: Settings) -> None:
    """Apply all migrations."""
    app = create_app(settings)
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()


def is_sound(session: Session) -> bool:
    """Return whether SQLite finds its file sound; PostgreSQL checks what it reads."""
    if session.get_bind().dialect.name != "sqlite":
        return True
    with database.reading(session):
        return bool(session.scalar(text("PRAGMA integrity_check")) == "ok")
