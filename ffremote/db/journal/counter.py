"""Numbers that only grow, for rates: kept in the database, so that no restart loses them."""

from sqlalchemy import Float
from sqlalchemy.orm import Mapped, mapped_column

from ..models import Base


class Counter(Base):
    """One number: how often something happened, or how much of it, with these labels.

    `labels` is JSON of an object with its keys in order.
    """

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    labels: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Float(53))
