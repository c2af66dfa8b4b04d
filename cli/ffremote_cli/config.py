"""The user's configuration file: servers by profile, and how we talk.

server = "http://127.0.0.1:8080"
profile = "work"                  # the one that is used when nobody names one

[profiles.work]
server = "https://encode.example.com"
token = "…"
poll_interval = 2.0
quiet = false
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import LocalFileProblem, Misused

_KINDS: Mapping[str, tuple[type, ...]] = {
    "server": (str,),
    "token": (str,),
    "poll_interval": (int, float),
    "quiet": (bool,),
}


def config_path() -> Path:
    """Where the file is looked for."""
    if named := os.environ.get("FFREMOTE_CONFIG"):
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "ffremote" / "config.toml"


def read_config(profile: str | None) -> dict[str, Any]:
    """The settings of the profile over those of the whole file; {} without a file."""
    path = config_path()
    if not path.exists():
        if profile is not None:
            raise Misused(f"there is no profile {profile!r}: {path} does not exist")
        return {}
    said = _read(path)
    profiles = said.pop("profiles", {})
    chosen = said.pop("profile", None) if profile is None else profile
    if profile is None:
        said.pop("profile", None)
    if not isinstance(profiles, dict) or (chosen is not None and chosen not in profiles):
        known = ", ".join(profiles) or "none"
        raise Misused(f"{path} has no profile {chosen!r}", hint=f"its profiles: {known}")
    said.pop("profile", None)
    settings = {**said, **(profiles[chosen] if chosen is not None else {})}
    _check(settings, path)
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise LocalFileProblem(f"{path} cannot be read: {exc}") from exc
    except tomllib.TOMLDecodeError as exc:
        raise LocalFileProblem(f"{path} is not TOML: {exc}") from exc


def _check(settings: Mapping[str, Any], path: Path) -> None:
    for key, value in settings.items():
        if key not in _KINDS:
            raise LocalFileProblem(f"{path} has an unknown key {key!r}", hint=_known())
        if not isinstance(value, _KINDS[key]) or (isinstance(value, bool) != (key == "quiet")):
            raise LocalFileProblem(f"{path}: {key} cannot be {value!r}")


def _known() -> str:
    return f"it may have {', '.join(_KINDS)}, profile and profiles"
