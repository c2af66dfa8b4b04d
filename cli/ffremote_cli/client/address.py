"""Server addresses: from what the user types to an API URL and an origin."""

from urllib.parse import urlsplit

from ..errors import Unreachable

DEFAULT_SERVER = "http://127.0.0.1:8080"

_PORTS = {"http": 80, "https": 443}
_API = "/api/v1"

Origin = tuple[str, str, int]
"""Scheme, host and port. A token is sent only to the origin that it was configured for."""


def base_url(server: str) -> str:
    """Return the URL of the server's API for an address such as `host:8080`, with or without path.

    Raises Unreachable if `server` is not an address.
    """
    url = _with_scheme(server).rstrip("/")
    if origin_of(url) is None:
        raise Unreachable(
            f"{server!r} is not a server address",
            hint="use an address like http://127.0.0.1:8080",
        )
    return url if url.endswith(_API) else f"{url}{_API}"


def origin_of(server: str) -> Origin | None:
    """Return scheme, host and port of an address, or None if it is not an HTTP address."""
    try:
        parts = urlsplit(_with_scheme(server))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme]


def _with_scheme(server: str) -> str:
    return server if "://" in server else f"http://{server}"
