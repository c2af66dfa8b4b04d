"""The app as `flask` and other WSGI servers find it: `ffremote.create_app`."""

import click
from flask import Flask

from ffremote.config import Settings
from ffremote.errors import ConfigurationError

from . import app


def create_app(settings: Settings | None = None) -> Flask:
    """Build the app; within a command line, a wrong setting is one line instead of a traceback.

    Raises ConfigurationError outside of one.
    """
    try:
        return app.create_app(settings)
    except ConfigurationError as exc:
        if click.get_current_context(silent=True) is None:
            raise
        raise click.ClickException(str(exc)) from exc
