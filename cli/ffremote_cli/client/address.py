"""The address of a server: what a person may type for it, and which server it names."""

from urllib.parse import urlsplit

from ..errors import Unreachable

_PORTS = {"http": 80, "https": 443}
_API = "/api/v1"

Origin = tuple[str, str, int]
"""Scheme, host and port: what has to be the same for a token to be sent."""


def base_url(server: str) -> str:
    """The URL of the server's API from what a person types: `host:8080`, with or without path."""
    url = _with_scheme(server).rstrip("/")
    if origin_of(url) is None:
        raise Unreachable(
            f"{server!r} is not a server address", hint="it looks like http://127.0.0.1:8080"
        )
    return url if url.endswith(_API) else f"{url}{_API}"


def origin_of(server: str) -> Origin | None:
    """Scheme, host and port of an address; None for what is not one."""
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
