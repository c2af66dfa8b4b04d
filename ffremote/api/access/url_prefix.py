"""The path below which the operator has put the service, `FFREMOTE_URL_PREFIX`.

No header decides about it. Requests come with the prefix, or without it from a proxy that removes
it and from this machine; the links in responses always have it.
"""

from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication


def without(prefix: str, path: str) -> str:
    """Return a path as the app knows it."""
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path


class UrlPrefix:
    """An app whose links begin with `prefix`."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._prefix:  # links on the page are relative to its folder
            place = f"{self._prefix}/"
            start_response("308 Permanent Redirect", [("Location", place), ("Content-Length", "0")])
            return []
        environ["SCRIPT_NAME"] = self._prefix
        environ["PATH_INFO"] = without(self._prefix, path)
        return self._app(environ, start_response)
