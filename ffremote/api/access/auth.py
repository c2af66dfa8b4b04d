"""Who may come in: bearer tokens, known to us by their hashes only."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from werkzeug.datastructures import Authorization

from ffremote.errors import ConfigurationError, Unauthorized

_ENTRY = re.compile(r"([A-Za-z0-9._-]{1,64}):sha256:([0-9a-f]{64})", re.ASCII)
FORM = "NAME:sha256:HASH, several with commas; `flask --app ffremote token NAME` makes one"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The operator's tokens: names and sha256 hashes. Without any, everybody may come in.

    A token is long and random, so that one round of a plain hash hides it well enough.
    """

    hashes: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `FFREMOTE_TOKENS`; raise ConfigurationError, which does not repeat a secret."""
        hashes: dict[str, str] = {}
        for position, entry in enumerate(filter(None, re.split(r"[,\s]+", text)), start=1):
            match = _ENTRY.fullmatch(entry)
            if match is None:
                raise ConfigurationError(f"FFREMOTE_TOKENS: entry {position} is not {FORM}")
            if match[1] in hashes:
                raise ConfigurationError(f"FFREMOTE_TOKENS: the name {match[1]!r} is there twice")
            hashes[match[1]] = match[2]
        return cls(hashes)

    def require(self, given: Authorization | None) -> str | None:
        """Return the name of the token that a request brings; raise Unauthorized for none of ours.

        `Bearer TOKEN`, or for browsers `Basic` with the token as the password.
        """
        if not self.hashes:
            return None
        secret = _secret(given)
        if not secret:
            raise Unauthorized("This server needs a token: send `Authorization: Bearer TOKEN`.")
        found = _hash(secret)
        # Every entry is compared, each in constant time: how long it takes tells nothing.
        names = [name for name, known in self.hashes.items() if hmac.compare_digest(known, found)]
        if not names:
            raise Unauthorized("Unknown token.")
        return names[0]


def _secret(given: Authorization | None) -> str | None:
    if given is None:
        return None
    return {"bearer": given.token, "basic": given.password}.get(given.type)


def new_token(name: str) -> tuple[str, str]:
    """Return a new token and its entry for `FFREMOTE_TOKENS`."""
    secret = secrets.token_urlsafe(32)
    return secret, f"{name}:sha256:{_hash(secret)}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
