"""The arguments of a Client from environment and configuration file, as for the command line."""

import os
from collections.abc import Callable
from typing import Any

from ..errors import Misused
from ..home import state_folder
from .address import DEFAULT_SERVER
from .config_file import read_config, token_for
from .rate_limit import bytes_per_second

_NUMBERS: dict[str, tuple[str, Callable[[str], float]]] = {
    "poll_interval": ("FFREMOTE_POLL_INTERVAL", float),
    "patience": ("FFREMOTE_PATIENCE", float),
    "bwlimit": ("FFREMOTE_BWLIMIT", bytes_per_second),
}
_ARGUMENTS = {"patience": "patience_seconds", "bwlimit": "bytes_per_second"}


def client_arguments(profile: str | None) -> dict[str, Any]:
    """Return keyword arguments of Client: the environment overrides the profile, that the file.

    Raises Misused for a variable or a profile that is wrong, LocalFileProblem for the file.
    """
    found = read_config(profile or os.environ.get("FFREMOTE_PROFILE") or None)
    server = os.environ.get("FFREMOTE_SERVER") or str(found.settings.get("server", DEFAULT_SERVER))
    token = os.environ.get("FFREMOTE_TOKEN") or token_for(server, found)[0]
    arguments: dict[str, Any] = {"server": server, "token": token, "state_folder": state_folder()}
    for key, (variable, convert) in _NUMBERS.items():
        value = os.environ.get(variable) or found.settings.get(key)
        if value is not None:
            arguments[_ARGUMENTS.get(key, key)] = _number(variable, str(value), convert)
    return arguments


def _number(variable: str, text: str, convert: Callable[[str], float]) -> float:
    try:
        return convert(text)
    except ValueError as exc:
        raise Misused(f"{variable} or its key in the configuration file: {exc}") from exc
