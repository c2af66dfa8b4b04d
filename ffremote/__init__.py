"""ffremote: your machine's ffmpeg, run on a bigger one.

This package imports none of its modules, so that the client stays small; `create_app` is imported
on first use, which is sufficient for `FLASK_APP=ffremote`.
"""

from importlib import import_module
from typing import Any

from .version import __version__

__all__ = ["__version__", "create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        return import_module("ffremote.api.factory").create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
