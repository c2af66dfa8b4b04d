"""Where the `flask` command looks first: makes plain `flask db upgrade` work in the checkout."""

from ffremote import create_app

__all__ = ["create_app"]
