"""All tokens that the server accepts: those of `FFREMOTE_TOKENS`, and those in the database.

The app asks the database at each request, so that a token ends in all processes when it is revoked.
The server's loop must not wait for a database. It decides by what this process has seen, and only
about who may occupy memory and threads for a body: the app decides again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from werkzeug.datastructures import Authorization

from ffremote.db.token import TokenKind
from ffremote.errors import Forbidden, Unauthorized
from ffremote.jobs import tokens
from ffremote.jobs.tokens import TokenState

from .auth import Tokens, hash_of, secret_in

REFUSALS = {
    TokenState.EXPIRED: "This token has expired; ask the operator of the server for a new one.",
    TokenState.REVOKED: "This token was revoked; ask the operator of the server for a new one.",
}
FOREIGN = {
    TokenKind.CLIENT: "This token is one of a client, which may not use the API of workers.",
    TokenKind.WORKER: "This token is one of a worker, which may not use the API of clients.",
}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token a request has; `hash` is that of the token."""

    name: str
    hash: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """A token, wherever it is kept."""

    kind: TokenKind
    name: str
    hash: str
    state: TokenState
    expires_at: datetime | None = None


class KnownTokens:
    """The tokens of one process; `sessions` opens the database, None: there is none to ask."""

    def __init__(self, configured: Tokens, sessions: Callable[[], Session] | None = None) -> None:
        self._configured = configured
        self._sessions = sessions
        self._seen = {
            TokenKind.CLIENT: frozenset(configured.hashes.values()),
            TokenKind.WORKER: frozenset[str](),
        }
        self.were_required = bool(configured.hashes)
        """Whether clients needed a token when this process last asked."""
        self._had_workers = False

    def load(self) -> None:
        """Read all valid tokens, so that the server's loop knows them before they are used."""
        if self._sessions is None:
            return
        for kind in TokenKind:
            self._seen[kind] |= tokens.valid_hashes(self._sessions(), kind)
        self.are_required()
        self.have_workers()

    def are_required(self) -> bool:
        """Return whether clients need a token: since the first one was made."""
        if not self.were_required and self._sessions is not None:
            self.were_required = tokens.exists(self._sessions(), TokenKind.CLIENT)
        return self.were_required

    def have_workers(self) -> bool:
        """Return whether workers may use HTTP: since the first token for one was made."""
        if not self._had_workers and self._sessions is not None:
            self._had_workers = tokens.exists(self._sessions(), TokenKind.WORKER)
        return self._had_workers

    def require(self, authorization: Authorization | None, kind: TokenKind) -> Bearer | None:
        """Return whose token a request has; None if it has none and needs none.

        The guard asks `are_required` once for each request before it calls this.

        Raise Unauthorized for a missing, unknown, expired or revoked token, Forbidden for one of
        another kind.
        """
        secret = secret_in(authorization)
        known = self._find(hash_of(secret)) if secret else None
        if known is not None and known.kind is not kind:
            raise Forbidden(FOREIGN[known.kind])
        if known is not None and known.state is TokenState.VALID:
            return Bearer(known.name, known.hash, known.expires_at)
        if kind is TokenKind.CLIENT and not self.were_required:
            return None
        if not secret:
            raise Unauthorized("This server requires a token: send `Authorization: Bearer TOKEN`.")
        raise Unauthorized("Unknown token." if known is None else REFUSALS[known.state])

    def by_hash(self, hashed: str) -> Bearer | None:
        """Return whose valid token of a client has this hash, or None."""
        known = self._find(hashed)
        is_valid = known is not None and known.state is TokenState.VALID
        if known is None or not is_valid or known.kind is not TokenKind.CLIENT:
            return None
        return Bearer(known.name, known.hash, known.expires_at)

    def client_hashes(self) -> frozenset[str]:
        """Return the hashes of all tokens that clients may use now."""
        configured = frozenset(self._configured.hashes.values())
        if self._sessions is None:
            return configured
        return configured | tokens.valid_hashes(self._sessions(), TokenKind.CLIENT)

    def seen_hashes(self) -> frozenset[str]:
        """Return the hashes of clients' tokens that this process has seen, without the database."""
        return self._seen[TokenKind.CLIENT]

    def was_seen(self, authorization: Authorization | None, kind: TokenKind) -> bool:
        """Return whether a request would have been accepted, without the database."""
        if kind is TokenKind.CLIENT and not self.were_required:
            return True
        secret = secret_in(authorization)
        return secret is not None and hash_of(secret) in self._seen[kind]

    def _find(self, hashed: str) -> _Known | None:
        """Return the token with this hash, and remember whether it is valid."""
        name = self._configured.name_of(hashed)
        if name is not None:
            return _Known(TokenKind.CLIENT, name, hashed, TokenState.VALID)
        found = None if self._sessions is None else tokens.find(self._sessions(), hashed)
        for kind in TokenKind:
            self._seen[kind] -= {hashed}
        if found is None:
            return None
        if found.state is TokenState.VALID:
            self._seen[found.kind] |= {hashed}
        return _Known(found.kind, found.name, hashed, found.state, found.expires_at)
