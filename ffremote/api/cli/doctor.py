"""The checks of `flask doctor`: what they found, and advice where something is wrong."""

import resource
from collections.abc import Callable, Iterator
from importlib.metadata import version

from ffremote import ffmpeg
from ffremote.db import schema, sqlite
from ffremote.errors import (
    ConfigurationError,
    DatabaseNotReady,
    DatabaseUnusable,
)
from ffremote.jobs import workers
from ffremote.jobs.fleet import servers

from ..access.guard import LOOPBACK
from ..context import AppContext
from ..waitress_server.server import CONNECTIONS, can_stream
from . import doctor_storage
from .finding import Finding, Verdict


def examine(context: AppContext) -> Iterator[Finding]:
    """Run every check; none changes anything, but that a bucket gets two small objects."""
    for check in CHECKS:
        yield check(context)
    if context.settings.s3 is not None:
        yield doctor_storage.objects(context, context.settings.s3)
    if context.settings.max_stored_bytes is not None:
        yield doctor_storage.stored(context)


def _ffmpeg(context: AppContext) -> Finding:
    try:
        binaries = ffmpeg.locate(context.settings)
        cache = context.storage.cache if context.storage.root.exists() else None
        detected = ffmpeg.read_capabilities(binaries, cache)
    except ConfigurationError as exc:
        return Finding(Verdict.BAD, "ffmpeg", "none that works", str(exc))
    text = (
        f"{detected.version} at {binaries.ffmpeg}, ffprobe {detected.ffprobe_version}"
        f" at {binaries.ffprobe} ({binaries.source})"
    )
    missing = [name for name in ("libx264", "aac") if name not in detected.working_encoders]
    if missing:
        advice = f"this build cannot encode with {', '.join(missing)}; install another one"
        return Finding(Verdict.WARN, "ffmpeg", text, advice)
    return Finding(Verdict.OK, "ffmpeg", text)


def _sandbox(context: AppContext) -> Finding:
    try:
        ffmpeg.locate(context.settings)
    except ConfigurationError:
        return Finding(Verdict.WARN, "sandbox", "unknown", "install FFmpeg first")
    try:
        name = ffmpeg.make_runtime(context.settings).sandbox.name
    except ConfigurationError as exc:
        return Finding(Verdict.BAD, "sandbox", "unknown", str(exc))
    if name != "landlock+seccomp":
        advice = "FFmpeg's sandbox is incomplete; docs/operations.md lists what it requires"
        return Finding(Verdict.WARN, "sandbox", name, advice)
    return Finding(Verdict.OK, "sandbox", name)


def _sqlite(context: AppContext) -> Finding:
    if context.db.engine.dialect.name != "sqlite":
        return Finding(Verdict.OK, "sqlite", f"not used: {context.db.engine.dialect.name}")
    module = sqlite.sqlite_module()
    text = f"{module.sqlite_version} from {module.__name__}, journal {sqlite.journal_mode()}"
    if not sqlite.is_wal_safe(module.sqlite_version_info):
        advice = (
            "safe but slower; `pip install pysqlite3` or, on ARM, `sqlcipher3` is safe with WAL"
        )
        return Finding(Verdict.WARN, "sqlite", text, advice)
    return Finding(Verdict.OK, "sqlite", text)


def _database(context: AppContext) -> Finding:
    try:
        schema.require_schema(context.db.engine)
    except DatabaseUnusable as exc:
        return Finding(Verdict.BAD, "database", "cannot be used", str(exc))
    except DatabaseNotReady as exc:
        return Finding(Verdict.BAD, "database", "not ready", str(exc))
    version = schema.schema_version(context.db.engine)
    if version != schema.HEAD:
        text = f"migration {version}, this version's is {schema.HEAD}"
        return Finding(Verdict.OK, "database", text)
    return Finding(Verdict.OK, "database", f"migration {version}")


def _limits(_context: AppContext) -> Finding:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    text = "unlimited" if hard == resource.RLIM_INFINITY else f"{hard} open files"
    if hard != resource.RLIM_INFINITY and hard < 2 * CONNECTIONS:
        advice = f"too few for {CONNECTIONS} connections: ulimit -Hn {4 * CONNECTIONS}"
        return Finding(Verdict.WARN, "limits", text, advice)
    return Finding(Verdict.OK, "limits", text)


def _waitress(_context: AppContext) -> Finding:
    detected = version("waitress")
    if not can_stream(detected):
        advice = "uploads are written twice: pip install 'waitress>=3.0.2,<3.1'"
        return Finding(Verdict.WARN, "waitress", f"{detected}, not streaming", advice)
    return Finding(Verdict.OK, "waitress", f"{detected}, streaming")


def _tokens(context: AppContext) -> Finding:
    try:
        if context.settings.tokens or _has_stored_tokens(context):
            return Finding(Verdict.OK, "access", "by token")
    except DatabaseUnusable as exc:
        return Finding(Verdict.WARN, "access", "unknown: tokens are in the database", exc.reason)
    if context.settings.host in LOOPBACK:
        return Finding(Verdict.OK, "access", f"open, on {context.settings.host} only")
    advice = "any client may do everything; create a token: `flask --app ffremote token add NAME`"
    return Finding(Verdict.WARN, "access", f"open, on {context.settings.host}", advice)


def _has_stored_tokens(context: AppContext) -> bool:
    is_new = context.db.engine.dialect.name == "sqlite" and not context.storage.root.exists()
    if is_new or schema.schema_version(context.db.engine) is None:
        return False
    with schema.reported():
        return context.access.tokens.are_required()


def _workers(context: AppContext) -> Finding:
    try:
        schema.require_schema(context.db.engine)
        with schema.reported():
            alive = workers.alive(context.session, context.storage)
    except DatabaseUnusable as exc:
        return Finding(Verdict.WARN, "workers", "unknown: they are in the database", exc.reason)
    except DatabaseNotReady as exc:
        return Finding(Verdict.WARN, "workers", "unknown", str(exc))
    if not alive:
        return Finding(
            Verdict.WARN, "workers", "none alive", "jobs wait for a worker: start ffremote-worker"
        )
    if all(worker.is_draining for worker in alive):
        advice = "jobs wait until a worker takes jobs again: ffremote-worker undrain ID"
        return Finding(Verdict.WARN, "workers", f"{len(alive)} alive, all draining", advice)
    return Finding(Verdict.OK, "workers", f"{len(alive)} alive")


def _servers(context: AppContext) -> Finding:
    try:
        schema.require_schema(context.db.engine)
        with schema.reported():
            alive = servers.alive(context.session, context.storage)
    except DatabaseUnusable as exc:
        return Finding(Verdict.WARN, "servers", "unknown: they are in the database", exc.reason)
    except DatabaseNotReady as exc:
        return Finding(Verdict.WARN, "servers", "unknown", str(exc))
    versions = sorted({server.version for server in alive})
    where = ", ".join(f"{server.host}:{server.pid}" for server in alive)
    text = f"{len(alive)} running: {where}" if alive else "none running"
    if len(versions) > 1:
        advice = f"of several versions ({', '.join(versions)}): finish the upgrade"
        return Finding(Verdict.WARN, "servers", text, advice)
    return Finding(Verdict.OK, "servers", text)


CHECKS: tuple[Callable[[AppContext], Finding], ...] = (
    _ffmpeg,
    _sandbox,
    _sqlite,
    _database,
    doctor_storage.directory,
    doctor_storage.disk,
    _limits,
    _waitress,
    _tokens,
    _workers,
    _servers,
)
