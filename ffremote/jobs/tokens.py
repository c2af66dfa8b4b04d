"""Access tokens: added, found by the hash of their secret, revoked.

Whether a token has expired is decided by the database's clock, the same for all servers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ffremote.db.database import database_time, reading, writing
from ffremote.db.token import Token, TokenKind
from ffremote.db.types import DatabaseNow


class TokenState(StrEnum):
    """Whether a token is accepted."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token as its row describes it now."""

    hash: str
    kind: TokenKind
    name: str
    created_at: datetime
    expires_at: datetime | None
    state: TokenState


class NameTaken(Exception):
    """Another token that is not revoked has the name."""


def add(
    session: Session, *, name: str, kind: TokenKind, hashed: str, lifetime: timedelta | None
) -> None:
    """Add a token by the hash of its secret; raise NameTaken.

    `lifetime` is how long it is accepted, None until it is revoked.
    """
    try:
        with writing(session):
            now = database_time(session)
            expires_at = None if lifetime is None else now + lifetime
            session.add(
                Token(hash=hashed, kind=kind, name=name, created_at=now, expires_at=expires_at)
            )
    except IntegrityError as exc:
        raise NameTaken(name) from exc


def revoke(session: Session, name: str) -> bool:
    """Revoke the token of this name, an expired one too; return whether there was one."""
    with writing(session):
        found = session.scalar(
            update(Token)
            .where(Token.name == name, Token.revoked_at.is_(None))
            .values(revoked_at=DatabaseNow())
            .returning(Token.hash)
        )
    return found is not None


def find(session: Session, hashed: str) -> StoredToken | None:
    """Return the token with this hash, whatever its state, or None."""
    found = _read(session, Token.hash == hashed)
    return found[0] if found else None


def list_all(session: Session) -> Sequence[StoredToken]:
    """Return all tokens, oldest first, revoked ones included."""
    return _read(session)


def valid_hashes(session: Session, kind: TokenKind) -> frozenset[str]:
    """Return the hashes of the tokens of this kind that are accepted now."""
    is_valid = (
        Token.kind == kind,
        Token.revoked_at.is_(None),
        or_(Token.expires_at.is_(None), Token.expires_at > DatabaseNow()),
    )
    with reading(session):
        return frozenset(session.scalars(select(Token.hash).where(*is_valid)))


def exists(session: Session, kind: TokenKind) -> bool:
    """Return whether a token of this kind was ever made: revoked ones count.

    A server whose last token was revoked or has expired must not be open to all from then on.
    """
    with reading(session):
        return session.scalar(select(Token.hash).where(Token.kind == kind).limit(1)) is not None


def _read(session: Session, *conditions: ColumnElement[bool]) -> list[StoredToken]:
    query = select(Token, DatabaseNow()).where(*conditions)
    with reading(session):
        rows = session.execute(
            query.order_by(Token.created_at, Token.name),
            execution_options={"populate_existing": True},
        ).all()
    return [
        StoredToken(
            each.hash, each.kind, each.name, each.created_at, each.expires_at, _state(each, now)
        )
        for each, now in rows
    ]


def _state(token: Token, now: datetime) -> TokenState:
    if token.revoked_at is not None:
        return TokenState.REVOKED
    is_over = token.expires_at is not None and token.expires_at <= now
    return TokenState.EXPIRED if is_over else TokenState.VALID
