"""What a browser must be told before it lets a listed page of elsewhere speak to us (CORS).

Never for every page, and never with credentials: a page that was listed brings a token by itself,
and the password that a browser remembers for our dashboard is not the page's.
"""

from http import HTTPStatus

from flask import Flask, Response, request

from .origin import Origins

METHODS = "GET, HEAD, POST, PATCH, DELETE"
MAX_AGE_SECONDS = 7200  # the longest that Chromium keeps
TOLD = (
    *("Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range", "ETag"),
    *("Location", "Repr-Digest", "Retry-After", "Tus-Checksum-Algorithm", "Tus-Extension"),
    *("Tus-Max-Size", "Tus-Resumable", "Tus-Version", "Upload-Expires", "Upload-Length"),
    *("Upload-Metadata", "Upload-Offset"),
)
TAKEN = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "If-Range", "Range"),
    *("Tus-Resumable", "Upload-Checksum", "Upload-Defer-Length", "Upload-Length"),
    *("Upload-Metadata", "Upload-Offset", "X-HTTP-Method-Override", "X-Request-ID"),
    "X-Requested-With",
)


def let_pages_in(app: Flask, origins: Origins) -> None:
    """Tell browsers that the pages in `origins` may read the answers of `app`."""
    if not origins.pages:
        return

    @app.after_request
    def describe(response: Response) -> Response:
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in origins.pages:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = ", ".join(TOLD)
        return response


def preflight(origins: Origins) -> Response | None:
    """Answer a browser that asks, for a listed page, whether it may send the real request.

    None for any other request. It comes without a token, and tells nothing but what is public.
    """
    asked = request.headers.get("Access-Control-Request-Method")
    if request.method != "OPTIONS" or not asked:
        return None
    if request.headers.get("Origin") not in origins.pages:
        return None
    response = Response(status=HTTPStatus.NO_CONTENT)
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = ", ".join(TAKEN)
    response.headers["Access-Control-Max-Age"] = str(MAX_AGE_SECONDS)
    return response
