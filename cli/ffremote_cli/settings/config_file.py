"""The user's configuration file: servers by profile, their tokens, and how much is printed.

server = "http://127.0.0.1:8080"
profile = "work"                  # the default profile

[profiles.work]
server = "https://encode.example.com"
token = "…"
poll_interval = 2.0
patience = 600                    # seconds to wait for a server that is away
quiet = false
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import LocalFileProblem, Misused
from ..home import home_folder

_KINDS: Mapping[str, tuple[type, ...]] = {
    "server": (str,),
    "token": (str,),
    "poll_interval": (int, float),
    "patience": (int, float),
    "quiet": (bool,),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """The settings of a profile, and its token with the server that this belongs to."""

    settings: Mapping[str, Any]
    token: str | None = None
    token_server: str | None = None
    """The server of the table that holds the token; None if it names none."""
    token_place: str = ""
    """Where the token stands, for messages."""


def config_path() -> Path:
    """Where the file is looked for."""
    if named := os.environ.get("FFREMOTE_CONFIG"):
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else home_folder() / ".config") / "ffremote" / "config.toml"


def read_config(profile: str | None) -> Profile:
    """The settings of the profile over those of the whole file; none without a file."""
    path = config_path()
    whole = _read(path)
    if whole is None:
        _require_nothing(path, profile)
        return Profile({})
    profiles, usual = whole.pop("profiles", {}), whole.pop("profile", None)
    chosen = usual if profile is None else profile
    if not isinstance(profiles, dict) or (chosen is not None and chosen not in profiles):
        known = ", ".join(profiles) or "none"
        raise Misused(f"{path} has no profile {chosen!r}", hint=f"its profiles: {known}")
    named = profiles[chosen] if chosen is not None else {}
    if not isinstance(named, dict):
        raise LocalFileProblem(f"{path}: the profile {chosen!r} is not a table of settings")
    for table in (whole, named):
        _check(table, path)
    return _profile(whole, named, f"profile {chosen!r}", path)


def _profile(whole: dict[str, Any], named: dict[str, Any], name: str, path: Path) -> Profile:
    settings = {**whole, **named}
    token = settings.pop("token", None)
    if "token" in named:
        return Profile(settings, token, named.get("server", whole.get("server")), name)
    return Profile(settings, token, whole.get("server"), str(path))


def _require_nothing(path: Path, profile: str | None) -> None:
    """Raise if a file that does not exist was asked for, by its own name or by a profile's."""
    if os.environ.get("FFREMOTE_CONFIG"):
        raise LocalFileProblem(
            f"the configuration file {path}, which FFREMOTE_CONFIG names, does not exist"
        )
    if profile is not None:
        raise Misused(f"there is no profile {profile!r}: {path} does not exist")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
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
