"""The settings of one command: from options, environment, profile and defaults."""

from dataclasses import dataclass
from typing import Any

import click

from ..client.address import DEFAULT_SERVER, origin_of
from ..client.rate_limit import bytes_per_second
from ..errors import Misused
from .config_file import Profile, read_config
from .shared_options import PROGRESS, given_options


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings."""

    server: str = DEFAULT_SERVER
    poll_interval: float = 1.0
    patience: float = 60.0
    json: bool = False
    quiet: bool = False
    progress: str = "auto"
    bwlimit: float | None = None
    """Bytes per second of all transfers together."""
    token: str | None = None
    token_warning: str | None = None
    """Why the token of the configuration file is not sent, as a sentence; else None."""


def settings_of(ctx: click.Context) -> Settings:
    """Return the settings: options override the environment, that the profile, that defaults."""
    given = {name: value for name, value in given_options(ctx).items() if value not in (None, "")}
    profile = read_config(given.pop("profile", None))
    values: dict[str, Any] = {**profile.settings, **given}
    if "token" not in values and profile.token is not None:
        values |= _token_for(str(values.get("server", DEFAULT_SERVER)), profile)
    if isinstance(values.get("bwlimit"), str):
        values["bwlimit"] = _rate(values["bwlimit"])
    if values.get("progress", "auto") not in PROGRESS:
        raise Misused(
            f"progress cannot be {values['progress']!r}", hint=f"use {', '.join(PROGRESS)}"
        )
    return Settings(**values)


def _rate(text: str) -> float:
    try:
        return bytes_per_second(text)
    except ValueError as exc:
        raise Misused(f"bwlimit: {exc}") from exc


def _token_for(server: str, profile: Profile) -> dict[str, str]:
    """Return the token of the file, or the warning that it is not for `server`.

    A token is a password: it is sent only to the scheme, host and port that it is configured for,
    so that typing http for https does not expose it.
    """
    assert profile.token is not None
    owner = profile.token_server or DEFAULT_SERVER
    if origin_of(server) == origin_of(owner):
        return {"token": profile.token}
    warning = (
        f"the token of {profile.token_source} is not sent to {server}: it belongs to {owner} "
        "(FFREMOTE_TOKEN sets one for any server)"
    )
    return {"token_warning": warning}
