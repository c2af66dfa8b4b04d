"""The table of servers, without logic."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from .models import Base


class Server(Base):
    """A server that runs, as it last reported itself; its row goes with it, or when it is silent.

    Times are those of the database's clock.
    """

    __tablename__ = "servers"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    host: Mapped[str]
    place: Mapped[str]
    """Where it runs, as `ffremote.host.place` names it."""
    pid: Mapped[int]
    version: Mapped[str]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
