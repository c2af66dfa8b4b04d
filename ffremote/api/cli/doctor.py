"""What `flask doctor` looks at: what is, and what to do where that is not well."""

import os
import resource
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from ffremote import ffmpeg
from ffremote.db import database
from ffremote.errors import ConfigurationError, DatabaseNotReady, ServiceUnavailable
from ffremote.jobs import workers

from ..access.guard import LOOPBACK
from ..context import AppContext
from ..waitress_server.server import CONNECTIONS, can_stream

GIB = 1 << 30


class Verdict(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    WARN = "warn"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: `advice` is there unless all is well."""

    verdict: Verdict
    subject: str
    found: str
    advice: str = ""


def examine(context: AppContext) -> Iterator[Finding]:
    """Look at everything; nothing is changed."""
    for look in LOOKS:
        yield look(context)


def _ffmpeg(context: AppContext) -> Finding:
    try:
        binaries = ffmpeg.locate(context.settings)
        cache = context.storage.cache if context.storage.root.exists() else None
        found = ffmpeg.read_capabilities(binaries, cache)
    except ConfigurationError as exc:
        return Finding(Verdict.BAD, "ffmpeg", "none that works", str(exc))
    text = (
        f"{found.version} at {binaries.ffmpeg}, ffprobe {found.ffprobe_version}"
        f" at {binaries.ffprobe} ({binaries.source})"
    )
    missing = [name for name in ("libx264", "aac") if name not in found.working_encoders]
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
        advice = "FFmpeg is less confined than it could be; docs/operations.md says what it needs"
        return Finding(Verdict.WARN, "sandbox", name, advice)
    return Finding(Verdict.OK, "sandbox", name)


def _sqlite(context: AppContext) -> Finding:
    if context.db.engine.dialect.name != "sqlite":
        return Finding(Verdict.OK, "sqlite", f"not used: {context.db.engine.dialect.name}")
    module = database.sqlite_module()
    text = f"{module.sqlite_version} from {module.__name__}, journal {database.journal_mode()}"
    if not database.is_wal_safe(module.sqlite_version_info):
        advice = (
            "safe but slower; `pip install pysqlite3` or, on ARM, `sqlcipher3` is safe with WAL"
        )
        return Finding(Verdict.WARN, "sqlite", text, advice)
    return Finding(Verdict.OK, "sqlite", text)


def _database(context: AppContext) -> Finding:
    try:
        database.require_schema(context.db.engine)
    except DatabaseNotReady as exc:
        return Finding(Verdict.BAD, "database", "not ready", str(exc))
    return Finding(Verdict.OK, "database", f"migration {database.HEAD}")


def _directory(context: AppContext) -> Finding:
    root = context.storage.root
    if not root.exists():
        advice = "the first start makes it: flask --app ffremote db upgrade"
        return Finding(Verdict.WARN, "data", f"{root} does not exist", advice)
    try:
        context.storage.check_writable()
    except ServiceUnavailable as exc:
        advice = f"{exc} Let this user own it: chown -R {os.getuid()} {root}"
        return Finding(Verdict.BAD, "data", str(root), advice)
    if stat.S_IMODE(root.stat().st_mode) & 0o077:
        advice = f"other users can look inside: chmod 700 {root}"
        return Finding(Verdict.WARN, "data", str(root), advice)
    return Finding(Verdict.OK, "data", str(root))


def _disk(context: AppContext) -> Finding:
    free, settings = _free_bytes(context.storage.root), context.settings
    text = f"{free / GIB:.1f} GiB free, {settings.min_free_bytes / GIB:.1f} GiB kept in reserve"
    if free < settings.min_free_bytes:
        advice = "no job is taken: `flask cleanup`, a shorter FFREMOTE_TTL_HOURS, or more disk"
        return Finding(Verdict.BAD, "disk", text, advice)
    if free < settings.min_free_bytes + 2 * settings.max_upload_bytes:
        largest = settings.max_upload_bytes / GIB
        advice = f"a film of {largest:.0f} GiB, which is allowed, may not fit with its result"
        return Finding(Verdict.WARN, "disk", text, advice)
    return Finding(Verdict.OK, "disk", text)


def _free_bytes(root: Path) -> int:
    """Return the free bytes where `root` is, or will be."""
    existing = next(path for path in (root, *root.parents) if path.exists())
    return shutil.disk_usage(existing).free


def _limits(_desk: AppContext) -> Finding:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    text = "unlimited" if hard == resource.RLIM_INFINITY else f"{hard} open files"
    if hard != resource.RLIM_INFINITY and hard < 2 * CONNECTIONS:
        advice = f"too few for {CONNECTIONS} connections: ulimit -Hn {4 * CONNECTIONS}"
        return Finding(Verdict.WARN, "limits", text, advice)
    return Finding(Verdict.OK, "limits", text)


def _waitress(_desk: AppContext) -> Finding:
    found = version("waitress")
    if not can_stream(found):
        advice = "uploads are written twice: pip install 'waitress>=3.0.2,<3.1'"
        return Finding(Verdict.WARN, "waitress", f"{found}, as it is", advice)
    return Finding(Verdict.OK, "waitress", f"{found}, streaming")


def _tokens(context: AppContext) -> Finding:
    if context.settings.tokens:
        return Finding(Verdict.OK, "access", "by token")
    if context.settings.host in LOOPBACK:
        return Finding(Verdict.OK, "access", f"open, on {context.settings.host} only")
    advice = "whoever reaches the port may do everything: `flask --app ffremote token NAME`"
    return Finding(Verdict.WARN, "access", f"open, on {context.settings.host}", advice)


def _workers(context: AppContext) -> Finding:
    try:
        database.require_schema(context.db.engine)
    except DatabaseNotReady:
        return Finding(Verdict.WARN, "workers", "unknown", "migrate the database first")
    alive = workers.alive(context.session, context.storage)
    if not alive:
        return Finding(
            Verdict.WARN, "workers", "none alive", "jobs wait until one: ffremote-worker"
        )
    if all(worker.is_draining for worker in alive):
        advice = "jobs wait: ffremote-worker undrain ID"
        return Finding(Verdict.WARN, "workers", f"{len(alive)} alive, all draining", advice)
    return Finding(Verdict.OK, "workers", f"{len(alive)} alive")


LOOKS: tuple[Callable[[AppContext], Finding], ...] = (
    _ffmpeg,
    _sandbox,
    _sqlite,
    _database,
    _directory,
    _disk,
    _limits,
    _waitress,
    _tokens,
    _workers,
)
