"""Host and Origin checks: protection against DNS rebinding and cross-site requests.

Any web page can make a browser send requests to a server on the browser's own machine. It cannot
choose the Origin header that the browser adds, and a name that it has rebound to this server's
address appears in the Host header.
"""

import ipaddress
import re
import socket
from collections.abc import Set
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

from ffremote.config import Settings
from ffremote.errors import ConfigurationError, Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:/@\[\]\s]+)(?::[0-9]{1,5})?", re.ASCII)
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origins:
    """The host names that this server accepts and the foreign origins that may call it.

    `allowed_hosts` holds the configured names, `*` for any; `allowed_origins` holds origins as
    browsers write them. `hostname` is the machine's own name.
    """

    allowed_hosts: Set[str]
    allowed_origins: Set[str]
    hostname: str

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Parse `FFREMOTE_ALLOWED_HOSTS` and `FFREMOTE_ALLOWED_ORIGINS`, separated by commas.

        Raises ConfigurationError for an invalid origin and for `*`, which would let every web page
        read every input and result.
        """
        allowed_origins = _split(settings.allowed_origins)
        for origin in allowed_origins:
            if not _ORIGIN.fullmatch(origin):
                raise ConfigurationError(
                    f"FFREMOTE_ALLOWED_ORIGINS: {origin!r} is not an origin; write for example "
                    "https://films.example.org or http://localhost:3000, without a path"
                )
        names = _split(settings.allowed_hosts)
        return cls(names, allowed_origins, socket.gethostname().lower())

    def require_host(self, host: str | None, *, has_tokens: bool) -> None:
        """Raise Forbidden for a Host that may be the result of DNS rebinding.

        Addresses, names without a dot and the machine's own name cannot be rebound. A rebound page
        has no token, so with tokens any name is accepted unless some are configured.
        """
        if host is None or "*" in self.allowed_hosts or (has_tokens and not self.allowed_hosts):
            return
        name = _host_name(host)
        if name is None or not (name in self.allowed_hosts or self._is_local(name)):
            raise Forbidden(
                f"The host name {host[:100]!r} is not allowed; "
                "the operator of the server can add it to FFREMOTE_ALLOWED_HOSTS.",
                host=host[:100],
            )

    def require_origin(
        self, method: str, *, host: str | None, origin: str | None, site: str | None
    ) -> None:
        """Raise Forbidden for a request that changes state and comes from a foreign page."""
        if method in SAFE_METHODS or (origin is None and site != "cross-site"):
            return
        if origin in self.allowed_origins:
            return
        parsed = _parsed(origin)
        if parsed.netloc and parsed.netloc == host:
            return
        if parsed.hostname and parsed.hostname in self.allowed_hosts:
            return
        raise Forbidden(
            f"Cross-site request from {(origin or site or '')[:100]!r}; "
            "the operator of the server can add its origin to FFREMOTE_ALLOWED_ORIGINS."
        )

    def require_same_origin(
        self, method: str, *, host: str | None, origin: str | None, site: str | None
    ) -> None:
        """Raise Forbidden for a change that a browser's cookie allows, unless from our own page.

        A cookie is sent to all ports of a host, and by pages of all of them.
        """
        if method in SAFE_METHODS or (origin is None and site == "same-origin"):
            return
        parsed = _parsed(origin)
        is_own = parsed.netloc == host or parsed.hostname in self.allowed_hosts
        if not parsed.netloc or not is_own or site not in (None, "same-origin"):
            raise Forbidden(
                "A change by a session needs the Origin of this server's page; a program sends "
                "a token instead."
            )

    def _is_local(self, name: str) -> bool:
        if "." not in name or name in (self.hostname, "localhost") or name.endswith(".localhost"):
            return True
        return _is_address(name)


def _split(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in re.split(r"[,\s]+", text) if word)


def _parsed(origin: str | None) -> SplitResult:
    """Return the parts of a web page's origin; empty ones for anything else."""
    try:
        parsed = urlsplit(origin or "")
    except ValueError:
        return urlsplit("")
    return parsed if parsed.scheme in ("http", "https") else urlsplit("")


def _host_name(host: str) -> str | None:
    match = _HOST.fullmatch(host)
    return None if match is None else match[1].strip("[]").rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
