"""How the server is reached, and how we talk: options, environment, profile, defaults."""

import os
from dataclasses import dataclass
from typing import Any

import click

from .config import read_config
from .options import DEFAULT_SERVER, said


@dataclass(frozen=True, slots=True)
class Settings:
    """What counts in the end."""

    server: str = DEFAULT_SERVER
    poll_interval: float = 1.0
    json: bool = False
    quiet: bool = False
    token: str | None = None


def settings_of(ctx: click.Context) -> Settings:
    """Lay the options over the environment, that over the profile, that over the defaults."""
    typed = dict(said(ctx))
    values: dict[str, Any] = read_config(typed.pop("profile", None))
    # No option for the token: every user of a machine can read what is on a command line.
    if token := os.environ.get("FFREMOTE_TOKEN"):
        values["token"] = token
    values |= {name: value for name, value in typed.items() if value}
    return Settings(**values)
