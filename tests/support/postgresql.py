"""A private PostgreSQL for one run of the tests: a cluster that listens on a Unix socket."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from flask_migrate import upgrade

from ffremote.api.app import create_app
from ffremote.config import Settings

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)


def missing() -> str | None:
    """Return why no PostgreSQL can be started, or None."""
    if not PROGRAMS:
        return "no PostgreSQL is installed (Debian: apt install postgresql)"
    if find_spec("psycopg") is None:
        return "no psycopg is installed (./run test installs it)"
    if os.geteuid() == 0 and owner() is None:
        return "PostgreSQL does not run as root, and there is no user 'postgres'"
    return None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster in the directory `home`; `user` runs it (a number, None: this process's user)."""

    home: str
    user: int | None
    fsync: bool = False

    @property
    def url(self) -> str:
        """The URL of its database `postgres`."""
        return f"postgresql://ffremote@/postgres?host={self.home}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        listen = f"-c listen_addresses='' -c unix_socket_directories={self.home}"
        listen += f" -c fsync={'on' if self.fsync else 'off'}"
        self._control("start", "-o", listen, "-l", f"{self.home}/log")

    def stop(self) -> None:
        """Stop it as a crash would: no checkpoint, and all connections end at once."""
        self._control("stop", "--mode=immediate")

    def _control(self, *words: str) -> None:
        _run(self.user, "pg_ctl", "--pgdata", f"{self.home}/data", "--wait", *words)


@contextmanager
def cluster() -> Iterator[str]:
    """Run a PostgreSQL; yield the URL of an empty database."""
    with running() as made:
        yield made.url


@contextmanager
def running(*, fsync: bool = False) -> Iterator[Cluster]:
    """Run a PostgreSQL with an empty database; yield its controls."""
    user = owner()
    with tempfile.TemporaryDirectory(prefix="ffremote-pg-", dir="/tmp") as home:
        if user is not None:
            os.chown(home, user, -1)
        made = Cluster(home, user, fsync)
        words = ("--no-sync", "--auth=trust", "--username=ffremote", "--encoding=UTF8")
        _run(user, "initdb", *words, f"{home}/data")
        made.start()
        try:
            yield made
        finally:
            made.stop()


def owner() -> int | None:
    """Return the user to run PostgreSQL as if this is root, which it refuses."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_uid
    except KeyError:
        return None


def _run(owner: int | None, program: str, *words: str) -> None:
    argv = [PROGRAMS[-1] / program, *words]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run(argv, check=True, user=owner, **quiet)  # type: ignore[call-overload]


def migrate(url: str, data_dir: Path) -> None:
    """Let the migrations build the tables in an empty database."""
    app = create_app(Settings(data_dir=data_dir, database_url=url))
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
