"""Changes of jobs, in their order: rows that triggers add in the transaction of the change.

Heartbeats and progress add none. On SQLite the ids have the order of the commits; on PostgreSQL a
transaction may commit a lower id after a higher one, and one that is undone leaves a gap.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String, false
from sqlalchemy.orm import Mapped, mapped_column

from ffremote.states import JobState

from ..models import Base
from ..types import DatabaseNow


class JobEvent(Base):
    """One change: without a state before, a new job; without one after, a removed job.

    The same state twice: the inputs of the job have become complete, or its result has expired.
    """

    __tablename__ = "job_events"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True
    )
    job_id: Mapped[str] = mapped_column(String(36))
    state_before: Mapped[JobState | None]
    state_after: Mapped[JobState | None]
    was_lost: Mapped[bool] = mapped_column(server_default=false())
    """Whether the job was taken from a lost worker."""
    at: Mapped[datetime] = mapped_column(server_default=DatabaseNow())
