"""The checks of `ffremote doctor`: this machine, the connection, the server."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from .client.client import Client
from .client.config_file import config_path
from .errors import ClientError, Unreachable
from .exits import Exit
from .formatting import ffmpeg_versions, human_bytes
from .home import state_folder

SKEW_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; `advice` is what to do about a problem."""

    level: Literal["ok", "warning", "error"]
    what: str
    detail: str
    """Printed as `said` by --json."""
    advice: str | None = None
    exit: Exit = Exit.DONE


def findings(client: Client) -> Iterator[Finding]:
    """Yield a finding for each check; stop at a server that is unreachable or refuses access."""
    yield _config()
    yield _state()
    try:
        yield _server(client)
    except Unreachable as exc:
        yield Finding("error", "server", exc.message, exc.hint, Exit.UNREACHABLE)
        return
    yield _checked("ready", _ready, client)
    access = _checked("access", _access, client)
    yield access
    if access.level == "error":
        return  # all further checks need the same access
    yield _checked("versions", _versions, client)
    yield _checked("clock", _clock, client)
    yield _checked("limits", _limits, client)
    yield _checked("uploads", _uploads, client)


def _checked(what: str, check: Callable[[Client], Finding], client: Client) -> Finding:
    try:
        return check(client)
    except ClientError as exc:
        return Finding("error", what, exc.message, exc.hint, Exit.REFUSED)


def _config() -> Finding:
    path = config_path()
    if not path.exists():
        return Finding("ok", "config", f"no file {path}: defaults and environment are used")
    if os.name == "posix" and path.stat().st_mode & 0o077 and "token" in path.read_text():
        return Finding(
            "warning",
            "config",
            f"{path} contains a token and is readable by other users",
            f"chmod 600 {path}",
        )
    return Finding("ok", "config", str(path))


def _state() -> Finding:
    folder = state_folder()
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    if not (existing.is_dir() and os.access(existing, os.W_OK)):
        return Finding(
            "warning",
            "state",
            f"{folder} cannot be written",
            "uploads are not resumed and `last` finds no job; set XDG_STATE_HOME to another folder",
        )
    disk = os.statvfs(Path.cwd())
    return Finding(
        "ok",
        "state",
        f"{folder}; {human_bytes(disk.f_bavail * disk.f_frsize)} free in this directory",
    )


def _server(client: Client) -> Finding:
    began = time.monotonic()
    client.check_health()
    milliseconds = (time.monotonic() - began) * 1000
    return Finding("ok", "server", f"{client.url} responds in {milliseconds:.0f} ms")


def _ready(client: Client) -> Finding:
    checks = client.readiness()
    failed = [f"{name}: {result}" for name, result in checks.items() if result != "ok"]
    if failed:
        return Finding(
            "error",
            "ready",
            "; ".join(failed),
            "run `flask doctor` on the server, or start a worker",
            Exit.REFUSED,
        )
    return Finding("ok", "ready", ", ".join(checks))


def _access(client: Client) -> Finding:
    client.check_access()
    return Finding("ok", "access", "jobs can be listed")


def _versions(client: Client) -> Finding:
    client_version = version("ffremote")
    workers = sorted({str(each.get("version")) for each in client.workers()})
    detail = f"client {client_version}, workers {', '.join(workers) or 'none'}"
    if all(each.split(".")[:2] == client_version.split(".")[:2] for each in workers):
        return Finding("ok", "versions", detail)
    return Finding("warning", "versions", detail, "install the same version on both")


def _clock(client: Client) -> Finding:
    header = client.server_date()
    if header is None:
        return Finding("warning", "clock", "the server sends no Date header")
    skew = (datetime.now(UTC) - parsedate_to_datetime(header)).total_seconds()
    if abs(skew) > SKEW_SECONDS:
        return Finding(
            "warning", "clock", f"{skew:+.0f} s from the server's clock", "synchronize the clocks"
        )
    return Finding("ok", "clock", "equal to the server's")


def _limits(client: Client) -> Finding:
    capabilities = client.capabilities()
    largest = human_bytes(capabilities["limits"]["max_upload_bytes"])
    return Finding("ok", "limits", f"{ffmpeg_versions(capabilities)}, uploads up to {largest}")


def _uploads(client: Client) -> Finding:
    if client.supports_resume():
        return Finding("ok", "uploads", "large files are resumed after a break")
    return Finding(
        "warning", "uploads", "the server does not support tus: an interrupted upload starts again"
    )
