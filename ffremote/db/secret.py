"""Keys that all servers of an installation share, such as the one that signs sessions."""

import secrets

from sqlalchemy import LargeBinary, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import reading, writing
from .models import Base

KEY_BYTES = 32


class Secret(Base):
    """A random key, made when it is first asked for; a copy of the database has it too."""

    __tablename__ = "secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


def shared_key(session: Session, name: str) -> bytes:
    """Return the key of this name, which is the same for every server; make it if there is none."""
    key = _read(session, name)
    if key is not None:
        return key
    try:
        with writing(session):
            session.add(Secret(name=name, key=secrets.token_bytes(KEY_BYTES)))
    except IntegrityError:  # another server was first
        session.rollback()
    key = _read(session, name)
    assert key is not None  # nothing removes keys
    return key


def _read(session: Session, name: str) -> bytes | None:
    with reading(session):
        return session.scalar(select(Secret.key).where(Secret.name == name))
