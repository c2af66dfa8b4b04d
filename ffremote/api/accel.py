"""Results sent by an nginx in front of the server (X-Accel-Redirect).

The server authorizes the download and nginx sends the bytes. nginx marks each request that it
forwards, so that a direct request gets the file and not an empty response meant for nginx.
"""

from urllib.parse import quote

from flask import request

from .context import AppContext


def internal_path(context: AppContext, key: str) -> str | None:
    """Return nginx's internal URL path of a job's file, None if nginx did not send the request.

    nginx has the directory `jobs` of the data directory below the prefix.
    """
    prefix = context.settings.accel_prefix
    if not prefix or request.headers.get("X-Accel-Prefix") != prefix:
        return None
    return prefix + quote(key.removeprefix("jobs/"))
