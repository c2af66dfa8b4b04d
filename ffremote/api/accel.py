"""Results sent by an nginx in front of the server (X-Accel-Redirect).

The server authorizes the download and nginx sends the bytes. nginx marks each request that it
forwards, so that a direct request gets the file and not an empty response meant for nginx.
"""

from collections.abc import Callable
from urllib.parse import quote

from flask import request

from ffremote.depot.protocol import Depot, Presentation

from .context import AppContext

LINK_SECONDS = 900  # from the answer until nginx asks the depot


def path_maker(context: AppContext, depot: Depot, key: str) -> Callable[[Presentation], str] | None:
    """Return what makes nginx's internal URL path of a job's file; None if it did not ask for it.

    nginx has the directory `jobs` of the data directory below the prefix, and below `depot/` what
    it gets by a link of the depot.
    """
    prefix = context.settings.accel_prefix
    if not prefix or request.headers.get("X-Accel-Prefix") != prefix:
        return None

    def path(presentation: Presentation) -> str:
        link = depot.link(key, presentation, seconds=LINK_SECONDS)
        if link is None:
            return prefix + quote(key.removeprefix("jobs/"))
        return f"{prefix}depot/{quote(link, safe='')}"

    return path
