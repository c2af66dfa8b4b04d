"""The name of this installation, by which an object store tells whose files it has."""

import uuid

from sqlalchemy import CheckConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from .database import reading, writing
from .models import Base


class Installation(Base):
    """The only row, made when the name is first asked for; a copy of the database has it too."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]


def name_of_installation(session: Session) -> str:
    """Return the name; give one to an installation that has none."""
    name = _read(session)
    if name is not None:
        return name
    try:
        with writing(session):
            session.add(Installation(id=1, name=str(uuid.uuid4())))
    except IntegrityError:  # another program was first
        session.rollback()
    return _read(session) or ""


def _read(session: Session) -> str | None:
    with reading(session):
        return session.scalar(select(Installation.name))
