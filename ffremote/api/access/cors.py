"""CORS headers for the configured origins.

There is no wildcard and no `Allow-Credentials`: an allowed page sends a token of its own, and must
not use the password that the browser remembers for the page.
"""

from http import HTTPStatus

from flask import Flask, Response, request

from .origin import Origins

METHODS = "GET, HEAD, POST, PATCH, DELETE"
MAX_AGE_SECONDS = 7200  # Chromium caches a preflight no longer
EXPOSED_HEADERS = (
    *("Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Range", "ETag"),
    *("Location", "Repr-Digest", "Retry-After", "Tus-Checksum-Algorithm", "Tus-Extension"),
    *("Tus-Max-Size", "Tus-Resumable", "Tus-Version", "Upload-Expires", "Upload-Length"),
    *("Upload-Metadata", "Upload-Offset"),
)
ALLOWED_HEADERS = (
    *("Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "If-Range"),
    *("Last-Event-ID", "Range"),
    *("Tus-Resumable", "Upload-Checksum", "Upload-Defer-Length", "Upload-Length"),
    *("Upload-Metadata", "Upload-Offset", "X-HTTP-Method-Override", "X-Request-ID"),
    "X-Requested-With",
)


def allow_origins(app: Flask, origins: Origins) -> None:
    """Add to the responses of `app` the headers that let pages of `origins` read them."""
    if not origins.allowed_origins:
        return

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in origins.allowed_origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = ", ".join(EXPOSED_HEADERS)
        return response


def preflight(origins: Origins) -> Response | None:
    """Return the response to a preflight request of an allowed origin, None for other requests.

    A preflight carries no token; its response holds only public facts.
    """
    requested_method = request.headers.get("Access-Control-Request-Method")
    if request.method != "OPTIONS" or not requested_method:
        return None
    if request.headers.get("Origin") not in origins.allowed_origins:
        return None
    response = Response(status=HTTPStatus.NO_CONTENT)
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = ", ".join(ALLOWED_HEADERS)
    response.headers["Access-Control-Max-Age"] = str(MAX_AGE_SECONDS)
    return response
