"""All tokens that the server accepts: those of `FFREMOTE_TOKENS`, and those in the database.

The app asks the database at each request, so that a token ends in all processes when it is revoked.
The server's loop must not wait for a database. It decides by what this process has seen, and only
about who may occupy memory and threads for a body: the app decides again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session
from werkzeug.datastructures import Authorization

from ffremote.db.token import TokenKind
from ffremote.errors import Forbidden, Unauthorized
from ffremote.jobs import tokens
from ffremote.jobs.tokens import StoredToken, TokenState

from .auth import Tokens, hash_of, secret_in

REFUSALS = {
    TokenState.EXPIRED: "This token has expired; ask the operator of the server for a new one.",
    TokenState.REVOKED: "This token was revoked; ask the operator of the server for a new one.",
}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token a request has; `hash` is that of the token."""

    name: str
    hash: str


class KnownTokens:
    """The tokens of one process; `sessions` opens the database, None: there is none to ask."""

    def __init__(self, configured: Tokens, sessions: Callable[[], Session] | None = None) -> None:
        self._configured = configured
        self._sessions = sessions
        self._seen = frozenset(configured.hashes.values())
        self.were_required = bool(configured.hashes)
        """Whether clients needed a token when this process last asked."""

    def load(self) -> None:
        """Read all valid tokens, so that the server's loop knows them before they are used."""
        self._seen = self.client_hashes()
        self.are_required()

    def are_required(self) -> bool:
        """Return whether clients need a token: since the first one was made."""
        if not self.were_required and self._sessions is not None:
            self.were_required = tokens.exists(self._sessions(), TokenKind.CLIENT)
        return self.were_required

    def require(self, authorization: Authorization | None) -> Bearer | None:
        """Return whose token a request has; None if it has none and needs none.

        Raise Unauthorized for a missing, unknown, expired or revoked token, Forbidden for one of
        another kind.
        """
        secret = secret_in(authorization)
        known = self._find(hash_of(secret)) if secret else None
        if isinstance(known, Bearer):
            return known
        if known is not None and known.kind is not TokenKind.CLIENT:
            raise Forbidden("This token is one of a worker, which may not use the API of clients.")
        if not self.are_required():
            return None
        if not secret:
            raise Unauthorized("This server requires a token: send `Authorization: Bearer TOKEN`.")
        raise Unauthorized("Unknown token." if known is None else REFUSALS[known.state])

    def client_hashes(self) -> frozenset[str]:
        """Return the hashes of all tokens that clients may use now."""
        configured = frozenset(self._configured.hashes.values())
        if self._sessions is None:
            return configured
        return configured | tokens.valid_hashes(self._sessions())

    def seen_hashes(self) -> frozenset[str]:
        """Return the hashes of the tokens that this process has seen, without the database."""
        return self._seen

    def was_seen(self, authorization: Authorization | None) -> bool:
        """Return whether a request would have been accepted, without the database."""
        secret = secret_in(authorization)
        return not self.were_required or (secret is not None and hash_of(secret) in self._seen)

    def _find(self, hashed: str) -> Bearer | StoredToken | None:
        """Return the bearer of a token that clients may use; of another what is stored, or None."""
        name = self._configured.name_of(hashed)
        if name is not None:
            return Bearer(name, hashed)
        found = None if self._sessions is None else tokens.find(self._sessions(), hashed)
        is_valid = found is not None and found.state is TokenState.VALID
        if found is None or not is_valid or found.kind is not TokenKind.CLIENT:
            self._seen -= {hashed}
            return found
        self._seen |= {hashed}
        return Bearer(found.name, hashed)
