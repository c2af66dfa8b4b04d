"""The user's configuration file, in TOML: settings, and profiles that override them.

The command line manual (`manual.text`) shows an example.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import LocalFileProblem, Misused
from ..home import home_folder
from .address import DEFAULT_SERVER, origin_of

_KINDS: Mapping[str, tuple[type, ...]] = {
    "server": (str,),
    "token": (str,),
    "ca": (str,),
    "poll_interval": (int, float),
    "patience": (int, float),
    "quiet": (bool,),
    "bwlimit": (str,),
    "progress": (str,),
    "overlap": (str,),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """The settings of a profile, and its token with the server that the token is for."""

    settings: Mapping[str, Any]
    token: str | None = None
    token_server: str | None = None
    """The server in the same table as the token; None if the table names none."""
    token_source: str = ""
    """The profile or file with the token, for messages."""
    ca: str | None = None
    ca_server: str | None = None
    """The server in the same table as `ca`."""


def token_for(server: str, profile: Profile) -> tuple[str | None, str | None]:
    """Return the token of the file for `server`, and why it is not sent there; None for neither.

    A token is a password: it is sent only to the scheme, host and port that it is configured for,
    so that typing http for https does not expose it.
    """
    if profile.token is None:
        return None, None
    owner = profile.token_server or DEFAULT_SERVER
    if origin_of(server) == origin_of(owner):
        return profile.token, None
    return None, (
        f"the token of {profile.token_source} is not sent to {server}: it belongs to {owner} "
        "(FFREMOTE_TOKEN sets one for any server)"
    )


def ca_for(server: str, profile: Profile) -> str | None:
    """Return the certificates that the file has for `server`, and for no other one."""
    owner = profile.ca_server or DEFAULT_SERVER
    return profile.ca if origin_of(server) == origin_of(owner) else None


def config_path() -> Path:
    """Return the path of the configuration file, which may not exist."""
    if named := os.environ.get("FFREMOTE_CONFIG"):
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else home_folder() / ".config") / "ffremote" / "config.toml"


def read_config(profile: str | None) -> Profile:
    """Return the settings of the profile over those outside all profiles; none without a file."""
    path = config_path()
    top_level = read_toml(path)
    if top_level is None:
        _refuse_missing_file(path, profile)
        return Profile({})
    profiles, default = top_level.pop("profiles", {}), top_level.pop("profile", None)
    chosen = default if profile is None else profile
    if not isinstance(profiles, dict) or (chosen is not None and chosen not in profiles):
        known = ", ".join(profiles) or "none"
        raise Misused(f"{path} has no profile {chosen!r}", hint=f"its profiles: {known}")
    selected = profiles[chosen] if chosen is not None else {}
    if not isinstance(selected, dict):
        raise LocalFileProblem(f"{path}: the profile {chosen!r} is not a table of settings")
    for table in (top_level, selected):
        _check(table, path)
    return _profile(top_level, selected, f"profile {chosen!r}", path)


def _profile(top_level: dict[str, Any], selected: dict[str, Any], name: str, path: Path) -> Profile:
    settings = {**top_level, **selected}
    token, ca = settings.pop("token", None), settings.pop("ca", None)
    outer = top_level.get("server")
    own = selected.get("server", outer)
    ca_server = own if "ca" in selected else outer
    if "token" in selected:
        return Profile(settings, token, own, name, ca, ca_server)
    return Profile(settings, token, outer, str(path), ca, ca_server)


def _refuse_missing_file(path: Path, profile: str | None) -> None:
    """Raise if a missing file was requested, by FFREMOTE_CONFIG or by a profile."""
    if os.environ.get("FFREMOTE_CONFIG"):
        raise LocalFileProblem(f"the configuration file {path} of FFREMOTE_CONFIG does not exist")
    if profile is not None:
        raise Misused(f"there is no profile {profile!r}: {path} does not exist")


def read_toml(path: Path) -> dict[str, Any] | None:
    """Return the content of the file, or None without one; raise LocalFileProblem."""
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
            raise LocalFileProblem(f"{path}: {key} has the invalid value {value!r}")


def _known() -> str:
    return f"the keys are {', '.join(_KINDS)}, profile and profiles"
