"""Results sent by an nginx in front of the server (X-Accel-Redirect).

The server authorizes the download and nginx sends the bytes. nginx marks each request that it
forwards, so that a direct request gets the file and not an empty response meant for nginx.
"""

from collections.abc import Callable
from urllib.parse import quote

from flask import request

from ffremote.depot.protocol import Depot, Presentation

from ..byte_range import ByteRange
from ..file_response import Handover

LINK_SECONDS = 900  # from the answer until nginx asks the depot: clocks may differ
RANGE = "X-Accel-Range"  # the range that nginx is to ask the depot for; without it, all bytes


def handing_over(
    prefix: str, depot: Depot, key: str
) -> Callable[[Presentation, ByteRange | None], Handover] | None:
    """Return what names a file to nginx, by an internal path; None if nginx did not ask for it.

    nginx has the directory `jobs` of the data directory below the prefix, and below `depot/` what
    it gets by a link of the depot.
    """
    if request.headers.get("X-Accel-Prefix") != prefix:
        return None

    def hand_over(presentation: Presentation, byte_range: ByteRange | None) -> Handover:
        link = depot.link(key, presentation, seconds=LINK_SECONDS)
        if link is None:
            return Handover({"X-Accel-Redirect": prefix + quote(key.removeprefix("jobs/"))})
        headers = {"X-Accel-Redirect": f"{prefix}depot/{quote(link, safe='')}"}
        if byte_range is not None:
            headers[RANGE] = f"bytes={byte_range[0]}-{byte_range[1] - 1}"
        return Handover(headers)

    return hand_over
