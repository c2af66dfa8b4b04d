"""Results sent by an nginx before us: we say who may have which file, it moves the bytes.

nginx names itself in each request that it passes on, so that whoever asks us directly gets the
file from us, and not an empty answer that only nginx understands.
"""

from pathlib import Path
from urllib.parse import quote

from flask import request

from .context import AppContext


def place_of(context: AppContext, path: Path) -> str | None:
    """Return nginx's internal name of a job's file; None where it does not stand before us."""
    prefix = context.settings.accel_prefix
    if not prefix or request.headers.get("X-Accel-Prefix") != prefix:
        return None
    return prefix + quote(path.relative_to(context.storage.jobs).as_posix())
