"""A private PostgreSQL for one run of the tests: a cluster that listens on a Unix socket."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)


def missing() -> str | None:
    """Return why no PostgreSQL can be started, or None."""
    if not PROGRAMS:
        return "no PostgreSQL is installed (Debian: apt install postgresql)"
    if find_spec("psycopg") is None:
        return "no psycopg is installed (./run test installs it)"
    if os.geteuid() == 0 and _owner() is None:
        return "PostgreSQL does not run as root, and there is no user 'postgres'"
    return None


@contextmanager
def cluster() -> Iterator[str]:
    """Run a PostgreSQL; yield the URL of an empty database."""
    owner = _owner()
    with tempfile.TemporaryDirectory(prefix="ffremote-pg-", dir="/tmp") as home:
        if owner is not None:
            os.chown(home, owner, -1)
        data = f"{home}/data"
        _run(owner, "initdb", "--no-sync", "--auth=trust", "--username=ffremote", data)
        listen = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off"
        _run(
            owner, "pg_ctl", "--pgdata", data, "--wait", "-o", listen, "-l", f"{home}/log", "start"
        )
        try:
            yield f"postgresql://ffremote@/postgres?host={home}"
        finally:
            _run(owner, "pg_ctl", "--pgdata", data, "--mode=immediate", "--wait", "stop")


def _owner() -> int | None:
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
