"""The settings of one command: options over environment over profile over defaults."""

from dataclasses import dataclass
from typing import Any

import click

from ..client.address import DEFAULT_SERVER, origin_of
from .config_file import Profile, read_config
from .shared_options import said


@dataclass(frozen=True, slots=True)
class Settings:
    """The values that apply in the end."""

    server: str = DEFAULT_SERVER
    poll_interval: float = 1.0
    patience: float = 60.0
    json: bool = False
    quiet: bool = False
    progress: str = "auto"
    token: str | None = None
    withheld: str | None = None
    """Why the configuration file's token is not sent, in a sentence; None if it is, or has none."""


def settings_of(ctx: click.Context) -> Settings:
    """Lay the options over the environment, that over the profile, that over the defaults."""
    typed = {name: value for name, value in said(ctx).items() if value not in (None, "")}
    profile = read_config(typed.pop("profile", None))
    values: dict[str, Any] = {**profile.settings, **typed}
    if "token" not in values and profile.token is not None:
        values |= _token_for(str(values.get("server", DEFAULT_SERVER)), profile)
    return Settings(**values)


def _token_for(server: str, profile: Profile) -> dict[str, str]:
    """The file's token, if `server` is the one that it stands beside.

    A token is as good as a password: it goes to one scheme, host and port, and never out in the
    open because somebody typed http for https.
    """
    assert profile.token is not None
    home = profile.token_server or DEFAULT_SERVER
    if origin_of(server) == origin_of(home):
        return {"token": profile.token}
    return {
        "withheld": f"the token of {profile.token_place} is not sent to {server}: it belongs to "
        f"{home} (FFREMOTE_TOKEN sets one for any server)"
    }
