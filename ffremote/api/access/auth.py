"""The tokens in `FFREMOTE_TOKENS`, of which only hashes are configured; new secrets."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from werkzeug.datastructures import Authorization

from ffremote.errors import ConfigurationError

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_ENTRY = re.compile(rf"({NAME.pattern}):sha256:([0-9a-f]{{64}})", re.ASCII)
ENTRY_FORMAT = (
    "NAME:sha256:HASH, several separated by commas; `flask --app ffremote token NAME` makes one"
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The configured tokens: sha256 hashes by name.

    A token is long and random, so one round of an unsalted hash protects it.
    """

    hashes: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `FFREMOTE_TOKENS`; raise ConfigurationError, without a secret in its message."""
        hashes: dict[str, str] = {}
        for position, entry in enumerate(filter(None, re.split(r"[,\s]+", text)), start=1):
            match = _ENTRY.fullmatch(entry)
            if match is None:
                raise ConfigurationError(f"FFREMOTE_TOKENS: entry {position} is not {ENTRY_FORMAT}")
            if match[1] in hashes:
                raise ConfigurationError(f"FFREMOTE_TOKENS: duplicate name {match[1]!r}")
            hashes[match[1]] = match[2]
        return cls(hashes)

    def name_of(self, hashed: str) -> str | None:
        """Return the name of the token with this hash, or None."""
        # Every entry is compared, each in constant time, so the duration reveals nothing.
        names = [name for name, known in self.hashes.items() if hmac.compare_digest(known, hashed)]
        return names[0] if names else None


def secret_in(authorization: Authorization | None) -> str | None:
    """Return the token of `Bearer TOKEN`, and for browsers the password of `Basic`."""
    if authorization is None:
        return None
    return {"bearer": authorization.token, "basic": authorization.password}.get(authorization.type)


def new_token(name: str) -> tuple[str, str]:
    """Return a new token and its entry for `FFREMOTE_TOKENS`."""
    secret = new_secret()
    return secret, f"{name}:sha256:{hash_of(secret)}"


def new_secret() -> str:
    """Return a new token."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """Return the hash by which a token is known."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
