"""Changes of jobs' states that `job_totals` does not count yet; only PostgreSQL has any.

Counted in `job_totals` at once, as on SQLite, each change would hold two of its five rows until its
commit: all claims would wait for each other, and claims and releases, which take the same two rows
in opposite orders, would deadlock.
"""

from sqlalchemy import Column, Table

from ffremote.states import JobState

from ..models import Base
from ..types import enum_column

job_changes = Table(
    "job_changes",
    Base.metadata,
    Column("state_before", enum_column(JobState)),
    Column("state_after", enum_column(JobState)),
)
"""A row for each change: without a state before, a new job; without one after, a removed job."""
