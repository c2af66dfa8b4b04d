"""PostgreSQL: how its connections are made, how long a call may take, what a transaction promises.

The server ends a statement that waits too long for a lock or runs too long. A server that does not
answer at all, because its host is lost or its processes are stopped, cannot: then the connection
here gives up and closes itself, so that the call raises an error instead of waiting for ever.
"""

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    ExceptionContext,
    bindparam,
    event,
    func,
    literal_column,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.dml import ReturningUpdate

from ffremote import clock
from ffremote.errors import DatabaseUnusable

from .outages import Outage, outage_of

CONNECT_SECONDS = 5
ANSWER_SECONDS = 35.0  # longer than the server's own limits, which have better messages
POOL_SECONDS = 10
TRUST_SECONDS = 1.0  # for so long after its last use a connection is used untried
FOLLOW_SECONDS = 5.0  # for so long the database's clock is not looked at again
PRECISE_SECONDS = 1.0  # an answer that took longer does not say what the time is
_SYNC = "synchronous_commit"
_USED = "used_at"
# For each connection, unless its role, its database or the URL's `options` set a value.
SERVER_LIMITS = {
    "lock_timeout": "10s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
# libpq's; a value in the URL wins.
CONNECTION = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "target_session_attrs": "read-write",
}
ENCODING = (
    "The database that FFREMOTE_DATABASE_URL names cannot hold all names of files: make one with "
    "the encoding UTF8 (createdb --encoding=UTF8 --template=template0), and copy what this one has."
)
_LIMIT = (
    "SELECT set_config(name, value, false) FROM (VALUES {values}) AS wanted(name, value)"
    " WHERE current_setting(name) = '0'"
).format(values=", ".join(f"('{name}', '{value}')" for name, value in SERVER_LIMITS.items()))

_answer_seconds: ContextVar[float] = ContextVar("answer_seconds", default=ANSWER_SECONDS)


def options(url: URL, *, kept: int, further: int) -> dict[str, Any]:
    """Return the `create_engine` options for PostgreSQL.

    The pool keeps up to `kept` connections open, and opens up to `further` ones on demand.
    """
    return {
        "pool_size": kept,
        "max_overflow": further,
        "pool_timeout": POOL_SECONDS,
        "connect_args": {name: CONNECTION[name] for name in CONNECTION.keys() - url.query.keys()},
    }


def install(engine: Engine) -> None:
    """Make the connections of `engine` keep the limits of this module."""
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _set_limits)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_require_answer, engine.dialect))
    engine.dialect.do_begin = _begin  # type: ignore[method-assign, assignment]  # errors translated
    event.listen(engine, "handle_error", _drop_standby)


@contextmanager
def answering_within(seconds: float) -> Iterator[None]:
    """Wait for each answer of the database no longer than `seconds`, in this thread."""
    token = _answer_seconds.set(seconds)
    try:
        yield
    finally:
        _answer_seconds.reset(token)


@contextmanager
def without_limits(connection: Connection) -> Iterator[None]:
    """Let the statements of this transaction take as long as they need, as migrations may."""
    if connection.dialect.name != "postgresql":
        yield
        return
    for name in SERVER_LIMITS:
        connection.exec_driver_sql(f"SET LOCAL {name} = 0")
    with answering_within(math.inf):
        yield


@cache
def synced(change: ReturningUpdate[Any]) -> ReturningUpdate[Any]:
    """Return `change` as a statement that, alone in its transaction, waits for the disk.

    What counts is the setting at the commit, so the statement itself may set it: begin, change and
    commit are one round trip. It needs `sync_values`; a change of no row has nothing to wait for.
    """
    setting = func.set_config(_SYNC, bindparam("synced_to"), literal_column("true"))
    return change.returning(setting)


def sync_values(connection: Connection) -> dict[str, Any]:
    """Return the values of `synced`: the setting that the connection had when it was made."""
    return {"synced_to": connection.info[_SYNC]}


def shares_connections(engine: Engine) -> bool:
    """Return whether a pooler, such as PgBouncer, gives each transaction any connection.

    Two connections that are open at one time then have the same server process, or one connection
    has another one in its next transaction.
    """
    with engine.connect() as first, engine.connect() as second:
        seen = _server_process(first)
        if seen == first.connection.driver_connection.info.backend_pid:  # type: ignore[union-attr]
            return False  # no pooler between
        first.commit()
        return _server_process(second) == seen or _server_process(first) != seen


def _server_process(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def _connect(dialect: Dialect, _record: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    psycopg: Any = dialect.loaded_dbapi
    longest = math.ceil(min(_answer_seconds.get(), ANSWER_SECONDS))
    kwargs["connect_timeout"] = min(int(kwargs.get("connect_timeout", 0)) or longest, longest)
    connection = _bounded(psycopg).connect(*args, **kwargs)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding in (None, "UTF8"):
        return connection
    connection.close()
    raise DatabaseUnusable(ENCODING, f"the encoding is {encoding}")


@cache
def _bounded(psycopg: Any) -> Any:
    """Return psycopg's connection with an end to each wait; psycopg is installed on demand."""

    class BoundedConnection(psycopg.Connection):  # type: ignore[misc]  # a class of Any
        def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
            return super().wait(_until(gen, self), *args, **kwargs)

    def _until(gen: Any, connection: Any) -> Generator[Any, Any, Any]:
        """Run psycopg's generator, which is resumed every 0.1 s, to its end or to the limit."""
        seconds = _answer_seconds.get()
        deadline = clock.monotonic() + seconds
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and clock.monotonic() > deadline:
                    connection.close()  # it cannot be used again: the answer may still come
                    raise psycopg.OperationalError(
                        f"the database server has not answered for {seconds:.0f} s"
                    )
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value

    return BoundedConnection


def _set_limits(connection: Any, record: ConnectionPoolEntry) -> None:
    """Set the limits, and let a commit not wait for the disk: `_begin` changes that."""
    connection.autocommit = True
    record.info[_SYNC] = connection.execute("SHOW synchronous_commit").fetchone()[0]
    connection.execute(_LIMIT)
    connection.execute("SET synchronous_commit TO off")
    _follow_clock(connection)
    connection.autocommit = False


def _follow_clock(connection: Any) -> None:
    """Take the database's time, which all hosts have in common."""
    asked = clock.boot_seconds()
    [now] = connection.execute("SELECT clock_timestamp()").fetchone()
    answered = clock.boot_seconds()
    if answered - asked < PRECISE_SECONDS or clock.seconds_followed() is None:
        clock.follow(now, (asked + answered) / 2)


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = clock.monotonic()


def _require_answer(
    dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: Any
) -> None:
    """Try a connection that was not used for a while; replace it if the server is gone.

    At each use, as SQLAlchemy's `pool_pre_ping` does it, that would be one more round trip. Now and
    then it is also asked for its time.
    """
    is_trusted = clock.monotonic() - record.info.get(_USED, clock.monotonic()) < TRUST_SECONDS
    is_followed = (clock.seconds_followed() or 0) < FOLLOW_SECONDS
    if is_trusted and is_followed:
        return
    try:
        if is_followed:
            dialect.do_ping(connection)
        else:
            connection.autocommit = True
            _follow_clock(connection)
            connection.autocommit = False
    except dialect.loaded_dbapi.Error as exc:
        raise InvalidatePoolError from exc


def _begin(connection: Any) -> None:
    """Make a transaction wait for the disk; a statement alone is no such transaction.

    BEGIN and SET go to the server together.
    """
    driver = connection.driver_connection
    if driver.autocommit:
        return
    with driver.pipeline():
        driver.execute(f"SET LOCAL synchronous_commit TO {connection.info[_SYNC]}")


def _drop_standby(context: ExceptionContext) -> None:
    """Drop all connections to a primary that became a standby: new ones find the new primary."""
    if outage_of(context.original_exception) is Outage.STANDBY:
        context.is_disconnect = True
