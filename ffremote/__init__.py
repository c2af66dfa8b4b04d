"""ffremote: your machine's ffmpeg, run on a bigger one.

Importing this package imports nothing else, so that the thin client stays light; `create_app`
is found on first use, which is enough for `FLASK_APP=ffremote`.
"""

from importlib import import_module
from typing import Any

from .version import __version__

__all__ = ["__version__", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        return import_module("ffremote.api.factory").create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
