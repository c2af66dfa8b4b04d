"""The line of an invitation: a server's URL, a secret, the fingerprint of its certificate."""

import hashlib
import re
import socket
import ssl
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from ffremote.errors import ConfigurationError

CONNECT_SECONDS = 10.0
_LINE = re.compile(r"(https?://[^#\s]+)#([A-Za-z0-9_-]{32,64})(?:\.([0-9a-f]{64}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a machine needs in order to join; `fingerprint` is the sha256 of the certificate.

    None: the URL is one of plain HTTP.
    """

    url: str
    secret: str
    fingerprint: str | None

    @property
    def line(self) -> str:
        """The invitation as one word."""
        return f"{self.url}#{self.secret}" + (f".{self.fingerprint}" if self.fingerprint else "")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a line; raise ConfigurationError, without the secret in its message."""
        found = _LINE.fullmatch(text.strip())
        if found is None:
            raise ConfigurationError(
                "this is no invitation; paste the line that `flask worker invite` printed, whole"
            )
        url, secret, fingerprint = found.groups()
        if url.startswith("https:") and fingerprint is None:
            raise ConfigurationError("the invitation ends too early: paste the whole line")
        return cls(url, secret, fingerprint)


def certificate_of(url: str) -> bytes:
    """Return the certificate that a server shows, as DER, whoever signed it.

    Raise ConfigurationError for an address that is none, OSError if it cannot be reached.
    """
    host, port = _address(url)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection((host, port), timeout=CONNECT_SECONDS) as connection,
        context.wrap_socket(connection, server_hostname=host) as line,
    ):
        return line.getpeercert(binary_form=True) or b""


def fingerprint_of(url: str) -> str | None:
    """Return the fingerprint of the certificate at an https URL, None for plain HTTP.

    Raise ConfigurationError for an address that is none, or cannot be reached from here.
    """
    host, port = _address(url)
    if not url.startswith("https:"):
        return None
    try:
        return hashlib.sha256(certificate_of(url)).hexdigest()
    except OSError as exc:
        raise ConfigurationError(
            f"the certificate of {host}:{port} cannot be read: {exc}; name the address by which "
            "the other machine, and this one, reach the server"
        ) from exc


def _address(url: str) -> tuple[str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as exc:
        raise ConfigurationError(f"{url!r} is no address: {exc}") from exc
    if parts.scheme not in ("http", "https") or not host or "#" in url or parts.username:
        raise ConfigurationError(f"{url!r} is no address such as https://box.example:8443")
    return host, port or (443 if parts.scheme == "https" else 80)
