"""The settings of one command: from options, environment, profile and defaults."""

from dataclasses import dataclass
from typing import Any

import click

from ..client.address import DEFAULT_SERVER
from ..client.config_file import ca_for, read_config, token_for
from ..client.environment import overlap_of
from ..client.rate_limit import bytes_per_second
from ..errors import Misused
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
    overlap: str = "auto"
    """`off`: jobs that do not say otherwise wait for their whole input."""
    ca: str | None = None
    """A file with the certificates of a private authority."""
    token: str | None = None
    token_warning: str | None = None
    """Why the token of the configuration file is not sent, as a sentence; else None."""


def settings_of(ctx: click.Context) -> Settings:
    """Return the settings: options override the environment, that the profile, that defaults."""
    given = {name: value for name, value in given_options(ctx).items() if value not in (None, "")}
    profile = read_config(given.pop("profile", None))
    values: dict[str, Any] = {**profile.settings, **given}
    server = str(values.get("server", DEFAULT_SERVER))
    values.setdefault("ca", ca_for(server, profile))
    if "token" not in values:
        values["token"], values["token_warning"] = token_for(server, profile)
    values["overlap"] = overlap_of(profile.settings)
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
