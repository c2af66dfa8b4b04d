"""The table of the files of jobs with several, without logic."""

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .models import Base

MAX_FILES = 20_000  # the most files of one job


class JobFile(Base):
    """One published file of a job that has several; `position` is its name in storage.

    A job with one file has no row here: `Job.result_token` and the columns beside it describe it.
    """

    __tablename__ = "job_files"
    __table_args__ = (
        CheckConstraint(f"position BETWEEN 0 AND {MAX_FILES - 1}", name="position_in_range"),
        UniqueConstraint("job_id", "name"),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    crc32: Mapped[int] = mapped_column(BigInteger)
    content_type: Mapped[str]
    duration: Mapped[float | None] = mapped_column(Double)
