"""The tables of access tokens, and of invitations that become tokens, without logic."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from .models import Base
from .types import enum_column

_IN_USE = text("revoked_at IS NULL")


class TokenKind(StrEnum):
    """What a token is for: the API of clients, or that of workers."""

    CLIENT = "client"
    WORKER = "worker"


class Token(Base):
    """A token that `flask token add` made; its row stays when it is revoked.

    `hash` is the sha256 of the secret, which is stored nowhere.
    """

    __tablename__ = "tokens"
    __table_args__ = (
        Index(
            "uq_tokens_name_in_use",
            "name",
            unique=True,
            sqlite_where=_IN_USE,
            postgresql_where=_IN_USE,
        ),
    )

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[TokenKind] = mapped_column(enum_column(TokenKind))
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Invite(Base):
    """An invitation that `flask worker invite` made, for one worker; its row stays for a while.

    `hash` is the sha256 of the secret, which is stored nowhere; `token_hash` that of the token for
    which it was used.
    """

    __tablename__ = "invites"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(String(64))
