"""Shell completion: jobs of this machine, profiles, files, and the values that the server takes."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..client.client import Client
from ..client.config_file import config_path, read_toml
from ..errors import ClientError
from ..home import state_folder
from ..workflow.history import History
from .settings import Settings, settings_of

OFFERED = 20
KEPT_SECONDS = 3600
"""How long the values of a server are taken from the cache."""

ANSWER_SECONDS = 1.5
"""How long the shell waits for a server; after that, older values are offered, or none."""

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_FIXED: Mapping[str, Sequence[str]] = {
    "video.hardware": ("never", "prefer", "require"),
    "subtitles.mode": ("copy", "convert", "burn", "drop"),
}
_FAMILIES = {
    "video.codec": ("h264", "hevc", "av1", "vp9", "copy"),
    "audio.codec": ("aac", "opus", "mp3", "flac", "copy"),
    "subtitles.codec": (),
}
_KINDS = {"video.codec": "video", "audio.codec": "audio", "subtitles.codec": "subtitle"}
_ASKED = (*_KINDS, "preset", "container")


def job_ids(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return `last` and the newest job ids that begin with the typed text."""
    candidates = ["last", *(entry.job_id for entry in History(state_folder()).newest())]
    return [each for each in candidates if each.startswith(incomplete)][:OFFERED]


def files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the names of files."""
    return [CompletionItem(incomplete, type="file")]


def profiles(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the profiles of the configuration file; none if it cannot be read."""
    try:
        found = (read_toml(config_path()) or {}).get("profiles")
    except ClientError:
        return []
    return _beginning(found if isinstance(found, dict) else (), incomplete)


def values_of(path: str) -> Completer | None:
    """Return the completion of an option that sets this key of the job, or None for any text."""
    if path not in (*_FIXED, *_ASKED):
        return None

    def complete(
        ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return _beginning(_FIXED.get(path) or _values_of_server(ctx).get(path, ()), incomplete)

    return complete


def _beginning(values: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(each) for each in values if each.startswith(incomplete)]


def _values_of_server(ctx: click.Context) -> Mapping[str, Sequence[str]]:
    """Return the values by key, from the cache if they are fresh, else from the server."""
    try:
        settings = settings_of(ctx)
    except ClientError:  # a malformed configuration file
        return {}
    path = state_folder() / "completion.json"
    cache = _read(path)
    known = cache.get(settings.server) or {}
    if time.time() - known.get("asked_at", 0) < KEPT_SECONDS:
        return dict(known["values"])
    values = _ask_in_time(settings)
    if values is None:
        return dict(known.get("values") or _FAMILIES)
    _write(path, {**cache, settings.server: {"asked_at": time.time(), "values": values}})
    return values


def _ask_in_time(settings: Settings) -> dict[str, list[str]] | None:
    answers: list[dict[str, list[str]]] = []

    def ask() -> None:
        try:
            with Client(settings.server, token=settings.token, ca=settings.ca) as client:
                answers.append(_values(client.capabilities()))
        except (ClientError, LookupError, TypeError):  # there is no such server
            return

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(ANSWER_SECONDS)
    return answers[0] if answers else None


def _values(capabilities: Mapping[str, Any]) -> dict[str, list[str]]:
    values = {
        path: list(dict.fromkeys([*_FAMILIES[path], *_encoders(capabilities, kind)]))
        for path, kind in _KINDS.items()
    }
    presets, containers = capabilities.get("presets") or (), capabilities["containers"]
    return {**values, "preset": sorted(map(str, presets)), "container": list(map(str, containers))}


def _encoders(capabilities: Mapping[str, Any], kind: str) -> list[str]:
    return [str(each["name"]) for each in capabilities["encoders"] if each["kind"] == kind]


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, cache: Mapping[str, Any]) -> None:
    """Store the cache; best effort, since without it the server is asked again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(cache), encoding="utf-8")
        fresh.replace(path)
    except OSError:
        return
