"""The servers that this machine has joined: the token for each, in a file of its user only."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ffremote.errors import ConfigurationError
from ffremote.host.file_system import replace_text

FILE = "joined.json"


@dataclass(frozen=True, slots=True)
class Joined:
    """What a worker needs for one server; `ca` names its own certificate where nobody signed it.

    `invite` is the sha256 of the invitation that the token was made for.
    """

    token: str
    ca: str = ""
    invite: str = ""


def read(data_dir: Path) -> dict[str, Joined]:
    """Return what was joined, by the URL of the server; raise ConfigurationError."""
    path = data_dir / FILE
    try:
        found: Any = json.loads(path.read_text())
        return {url: Joined(**each) for url, each in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as exc:
        raise ConfigurationError(
            f"{path} cannot be used: {exc}; remove it and join the server again"
        ) from exc


def find(data_dir: Path, server: str) -> Joined | None:
    """Return what this machine has for a server; raise ConfigurationError."""
    return read(data_dir).get(server.rstrip("/"))


def write(data_dir: Path, server: str, joined: Joined) -> None:
    """Keep what a worker needs for a server; raise ConfigurationError."""
    known = read(data_dir) | {server.rstrip("/"): joined}
    _write(data_dir, {url: _json(each) for url, each in known.items()})


def forget(data_dir: Path, server: str) -> None:
    """Forget a server that refused to be joined."""
    known = read(data_dir)
    known.pop(server.rstrip("/"), None)
    _write(data_dir, {url: _json(each) for url, each in known.items()})


def _json(joined: Joined) -> dict[str, str]:
    return {"token": joined.token, "ca": joined.ca, "invite": joined.invite}


def _write(data_dir: Path, document: dict[str, dict[str, str]]) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_text(data_dir / FILE, json.dumps(document, indent=2) + "\n", mode=0o600)
    except OSError as exc:
        raise ConfigurationError(f"{data_dir / FILE} cannot be written: {exc}") from exc
