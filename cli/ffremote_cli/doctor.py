"""What `ffremote doctor` looks at: the way to the server, the server, and this machine."""

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
from .errors import ClientError, Unreachable
from .exits import Exit
from .formatting import ffmpeg_versions, human_bytes
from .settings.config_file import config_path
from .workflow.history import state_folder

SKEW_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` is what to do about it."""

    level: Literal["ok", "warning", "error"]
    what: str
    detail: str
    advice: str | None = None
    exit: Exit = Exit.DONE


def findings(client: Client) -> Iterator[Finding]:
    """Look at one thing after the other; stop when the server cannot be reached."""
    yield _config()
    yield _state()
    try:
        yield _server(client)
    except Unreachable as exc:
        yield Finding("error", "server", exc.message, exc.hint, Exit.UNREACHABLE)
        return
    yield _safely("ready", _ready, client)
    access = _safely("access", _access, client)
    yield access
    if access.level == "error":
        return  # what else there is to look at needs the same right
    yield _safely("versions", _versions, client)
    yield _safely("clock", _clock, client)
    yield _safely("limits", _limits, client)
    yield _safely("uploads", _uploads, client)


def _safely(what: str, look: Callable[[Client], Finding], client: Client) -> Finding:
    try:
        return look(client)
    except ClientError as exc:
        return Finding("error", what, exc.message, exc.hint, Exit.REFUSED)


def _config() -> Finding:
    path = config_path()
    if not path.exists():
        return Finding("ok", "config", f"none at {path}; defaults and environment")
    if os.name == "posix" and path.stat().st_mode & 0o077 and "token" in path.read_text():
        return Finding(
            "warning", "config", f"{path} holds a token and others may read it", f"chmod 600 {path}"
        )
    return Finding("ok", "config", str(path))


def _state() -> Finding:
    folder = state_folder()
    place = next(each for each in (folder, *folder.parents) if each.exists())
    if not (place.is_dir() and os.access(place, os.W_OK)):
        return Finding(
            "warning",
            "state",
            f"{folder} cannot be written",
            "uploads are not resumed and `last` finds no job; set XDG_STATE_HOME",
        )
    free = os.statvfs(Path.cwd())
    return Finding(
        "ok", "state", f"{folder}; {human_bytes(free.f_bavail * free.f_frsize)} free here"
    )


def _server(client: Client) -> Finding:
    began = time.monotonic()
    client.check_health()
    took = (time.monotonic() - began) * 1000
    return Finding("ok", "server", f"{client.url} answers in {took:.0f} ms")


def _ready(client: Client) -> Finding:
    checks = client.readiness()
    bad = [f"{name}: {said}" for name, said in checks.items() if said != "ok"]
    if bad:
        return Finding(
            "error",
            "ready",
            "; ".join(bad),
            "the operator runs `flask doctor` on the server, or starts a worker",
            Exit.REFUSED,
        )
    return Finding("ok", "ready", ", ".join(checks))


def _access(client: Client) -> Finding:
    client.jobs(limit=1)
    return Finding("ok", "access", "jobs can be listed")


def _versions(client: Client) -> Finding:
    ours = version("ffremote")
    theirs = sorted({str(each.get("version")) for each in client.workers()})
    said = f"client {ours}, workers {', '.join(theirs) or 'none'}"
    same = all(each.split(".")[:2] == ours.split(".")[:2] for each in theirs)
    if same:
        return Finding("ok", "versions", said)
    return Finding("warning", "versions", said, "bring both to the same version")


def _clock(client: Client) -> Finding:
    header = client.server_date()
    if header is None:
        return Finding("warning", "clock", "the server does not say what time it is")
    skew = (datetime.now(UTC) - parsedate_to_datetime(header)).total_seconds()
    if abs(skew) > SKEW_SECONDS:
        return Finding("warning", "clock", f"{skew:+.0f} s from the server's", "set the clocks")
    return Finding("ok", "clock", "agrees with the server's")


def _limits(client: Client) -> Finding:
    said = client.capabilities()
    largest = human_bytes(said["limits"]["max_upload_bytes"])
    return Finding("ok", "limits", f"{ffmpeg_versions(said)}, uploads up to {largest}")


def _uploads(client: Client) -> Finding:
    if client.supports_resume():
        return Finding("ok", "uploads", "large files are resumed after a break")
    return Finding(
        "warning", "uploads", "this server has no tus, so an upload that breaks starts again"
    )
