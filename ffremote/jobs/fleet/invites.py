"""Invitations for workers: each becomes the token of one worker, once, within minutes."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ffremote.db.database import database_time, reading, writing
from ffremote.db.token import Invite, Token, TokenKind
from ffremote.errors import Unauthorized

FORGET_AFTER = timedelta(days=1)
AGAIN = "ask for another: flask worker invite on the server prints one"


class NameInUse(Exception):
    """A token, or another invitation that can still be used, has the name."""


def add(session: Session, *, name: str, hashed: str, lifetime: timedelta) -> None:
    """Add an invitation by the hash of its secret; forget those that ended a day ago.

    Raise NameInUse.
    """
    with writing(session):
        now = database_time(session)
        session.execute(delete(Invite).where(Invite.expires_at < now - FORGET_AFTER))
        open_one = select(Invite.hash).where(
            Invite.name == name, Invite.used_at.is_(None), Invite.expires_at > now
        )
        in_use = select(Token.hash).where(Token.name == name, Token.revoked_at.is_(None))
        if session.scalar(open_one) is not None or session.scalar(in_use) is not None:
            raise NameInUse(name)
        session.add(Invite(hash=hashed, name=name, created_at=now, expires_at=now + lifetime))


def exist(session: Session) -> bool:
    """Return whether there is any invitation, used and expired ones included."""
    with reading(session):
        return session.scalar(select(Invite.hash).limit(1)) is not None


def use(session: Session, hashed: str, *, token_hash: str) -> str:
    """Exchange an invitation for a worker's token, of which the hash is given; return its name.

    The same worker may ask again, after an answer that was lost. Raise Unauthorized for any other
    that was used, is unknown or has expired.
    """
    try:
        with writing(session):
            now = database_time(session)
            name = session.scalar(
                update(Invite)
                .where(Invite.hash == hashed, Invite.used_at.is_(None), Invite.expires_at > now)
                .values(used_at=now, token_hash=token_hash)
                .returning(Invite.name)
            )
            if name is not None:
                kind = TokenKind.WORKER
                session.add(Token(hash=token_hash, kind=kind, name=name, created_at=now))
    except IntegrityError as exc:
        raise Unauthorized(f"The name or the token of this invitation is taken; {AGAIN}.") from exc
    return name if name is not None else _used_by(session, hashed, token_hash)


def _used_by(session: Session, hashed: str, token_hash: str) -> str:
    """Return the name of an invitation that became this token; raise Unauthorized."""
    with reading(session):
        found = session.scalar(select(Invite).where(Invite.hash == hashed))
    if found is None:
        raise Unauthorized(f"There is no such invitation; {AGAIN}.")
    if found.used_at is None:
        raise Unauthorized(f"This invitation has expired; {AGAIN}.")
    if found.token_hash != token_hash:
        raise Unauthorized(f"This invitation was used already; {AGAIN}.")
    return found.name
