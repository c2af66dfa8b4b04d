"""Whom a browser may speak for: Host and Origin, against rebound names and foreign pages.

A page of somewhere else can make a browser send requests to a server on its own machine. It
cannot choose the Origin that the browser adds, and a name that it had bound to our address
(DNS rebinding) stands in Host.
"""

import ipaddress
import re
import socket
from collections.abc import Set
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from ffremote.config import Settings
from ffremote.errors import ConfigurationError, Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:/@\[\]\s]+)(?::[0-9]{1,5})?", re.ASCII)
_PAGE = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Origins:
    """The names that this server answers to, and the pages of elsewhere that may speak to it.

    `listed` are the operator's names, `*` for all. `pages` are origins as browsers write them.
    """

    listed: Set[str]
    pages: Set[str]
    own: str
    has_tokens: bool

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Read `FFREMOTE_ALLOWED_HOSTS` and `_ORIGINS`; several with commas.

        Raises ConfigurationError for an origin that is none, and for `*`: every page of the web
        could then read every film.
        """
        pages = _words(settings.allowed_origins)
        for page in pages:
            if not _PAGE.fullmatch(page):
                raise ConfigurationError(
                    f"FFREMOTE_ALLOWED_ORIGINS: {page!r} is no origin such as "
                    "https://films.example.org or http://localhost:3000, without a path"
                )
        names = _words(settings.allowed_hosts)
        return cls(names, pages, socket.gethostname().lower(), bool(settings.tokens))

    def require_host(self, host: str | None) -> None:
        """Refuse a Host that only a name server of a stranger could have led to us.

        Addresses, single words and the machine's own name are no such names. Where tokens are
        needed, a rebound page has none, so that any name will do unless some are listed.
        """
        if host is None or "*" in self.listed or (self.has_tokens and not self.listed):
            return
        name = _name_of(host)
        if name is None or not (name in self.listed or self._is_ours(name)):
            raise Forbidden(
                f"This server does not answer to the name {host[:100]!r}; "
                "its operator can list it in FFREMOTE_ALLOWED_HOSTS.",
                host=host[:100],
            )

    def require_origin(
        self, method: str, *, host: str | None, origin: str | None, site: str | None
    ) -> None:
        """Refuse what changes something at the wish of a page from somewhere else."""
        if method in SAFE_METHODS or (origin is None and site != "cross-site"):
            return
        if origin in self.pages:
            return
        try:
            place = urlsplit(origin or "")
        except ValueError:
            place = urlsplit("")
        if place.netloc and place.netloc == host:
            return
        if place.hostname and place.hostname in self.listed:
            return
        raise Forbidden(f"A page of {(origin or site or '')[:100]!r} may not do this here.")

    def _is_ours(self, name: str) -> bool:
        if "." not in name or name in (self.own, "localhost") or name.endswith(".localhost"):
            return True
        return _is_address(name)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in re.split(r"[,\s]+", text) if word)


def _name_of(host: str) -> str | None:
    match = _HOST.fullmatch(host)
    return None if match is None else match[1].strip("[]").rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
