"""The arguments of a Client from environment and configuration file, as for the command line."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import Misused
from ..home import state_folder
from .address import DEFAULT_SERVER
from .config_file import ca_for, read_config, token_for
from .rate_limit import bytes_per_second

_NUMBERS: dict[str, tuple[str, Callable[[str], float]]] = {
    "poll_interval": ("FFREMOTE_POLL_INTERVAL", float),
    "patience": ("FFREMOTE_PATIENCE", float),
    "bwlimit": ("FFREMOTE_BWLIMIT", bytes_per_second),
}
OVERLAPS = ("auto", "off")
_ARGUMENTS = {"patience": "patience_seconds", "bwlimit": "bytes_per_second"}


def client_arguments(
    profile: str | None, server: str | None = None
) -> tuple[dict[str, Any], str | None]:
    """Return keyword arguments of Client: the environment overrides the profile, that the file.

    The second value says why the token of the file is not among them, or is None.
    Raises Misused for a variable or a profile that is wrong, LocalFileProblem for the file.
    """
    found = read_config(profile or os.environ.get("FFREMOTE_PROFILE") or None)
    server = server or os.environ.get("FFREMOTE_SERVER") or found.settings.get("server")
    server = server or DEFAULT_SERVER
    token, warning = token_for(server, found)
    if named := os.environ.get("FFREMOTE_TOKEN"):
        token, warning = named, None
    ca = os.environ.get("FFREMOTE_CA") or ca_for(server, found)
    arguments: dict[str, Any] = {"server": server, "token": token, "ca": ca}
    arguments["state_folder"] = state_folder()
    arguments["overlap"] = overlap_of(found.settings)
    for key, (variable, convert) in _NUMBERS.items():
        value = os.environ.get(variable) or found.settings.get(key)
        if value is not None:
            arguments[_ARGUMENTS.get(key, key)] = _number(variable, str(value), convert)
    return arguments, warning


def overlap_of(settings: Mapping[str, Any]) -> str:
    """Return whether jobs may begin during their upload: `auto` or `off`, from the environment.

    `settings` are those of the profile. Raises Misused for another word.
    """
    value = os.environ.get("FFREMOTE_OVERLAP") or settings.get("overlap", "auto")
    if value not in OVERLAPS:
        raise Misused(f"overlap cannot be {value!r}", hint=f"use {' or '.join(OVERLAPS)}")
    return str(value)


def _number(variable: str, text: str, convert: Callable[[str], float]) -> float:
    try:
        return convert(text)
    except ValueError as exc:
        raise Misused(f"{variable} or its key in the configuration file: {exc}") from exc
