"""The app factory that `flask` and WSGI servers call: `ffremote.create_app`."""

import click
from flask import Flask

from ffremote.config import Settings
from ffremote.errors import ConfigurationError

from . import app


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app; raise ConfigurationError for an invalid setting.

    Under a click command it raises ClickException, which prints one line instead of a traceback.
    """
    try:
        return app.create_app(settings)
    except ConfigurationError as exc:
        if click.get_current_context(silent=True) is None:
            raise
        raise click.ClickException(str(exc)) from exc
