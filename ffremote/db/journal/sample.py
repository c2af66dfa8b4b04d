"""The state of the service at each minute of the last day."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from ..models import Base


class Sample(Base):
    """One minute; what ended, and the bytes, are counted since ever, the rest is as it was then."""

    __tablename__ = "samples"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    queued: Mapped[int]
    running: Mapped[int]
    completed: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    canceled: Mapped[int] = mapped_column(BigInteger)
    bytes_in: Mapped[int] = mapped_column(BigInteger)
    bytes_out: Mapped[int] = mapped_column(BigInteger)
    free_bytes: Mapped[int] = mapped_column(BigInteger)
    workers: Mapped[int]
