"""Results sent by the object store itself, to which the client is redirected.

Such a link is for anyone who has it, for one method, and soon expires. It knows nothing of our
ETag, which is a sha256, so conditions are answered here.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import request

from ffremote.depot.protocol import Depot, Presentation

from ..byte_range import ByteRange
from ..file_response import Handover

LINK_SECONDS = 900  # until the client asks the object store: clocks may differ by some minutes
PLAYLISTS = ("application/vnd.apple.mpegurl", "application/dash+xml")
# Scripts of web pages: the bucket would have to allow their origin.
SCRIPTS = frozenset({"cors", "same-origin", "websocket"})


def handing_over(
    depot: Depot, key: str
) -> Callable[[Presentation, ByteRange | None], Handover | None]:
    """Return what redirects the current request, unless it has to be answered here."""

    def hand_over(presentation: Presentation, byte_range: ByteRange | None) -> Handover | None:
        if not _may_follow(presentation, byte_range):
            return None
        link = depot.link(key, presentation, seconds=LINK_SECONDS)
        if link is None:
            return None
        headers = {"Location": link, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return Handover(headers, HTTPStatus.TEMPORARY_REDIRECT)

    return hand_over


def _may_follow(presentation: Presentation, byte_range: ByteRange | None) -> bool:
    """Return whether the client gets the same from the object store as from here."""
    headers = request.headers
    if presentation.media_type.partition(";")[0] in PLAYLISTS:
        return False  # its relative paths would be those of the object store
    if "Range" in headers and byte_range is None:
        return False  # several ranges, or a range of another version
    if "redirect" in headers.get("Prefer", "").replace(",", " ").lower().split():
        return True
    # Clients of this project follow only since they say so, and take the range without If-Range.
    is_old_client = headers.get("User-Agent", "").startswith("ffremote")
    is_script = headers.get("Sec-Fetch-Mode") in SCRIPTS
    return not (is_old_client or is_script or "If-Range" in headers)
