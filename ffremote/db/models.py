"""The tables: columns, constraints and indexes, without logic.

Times are aware UTC. SQLite stores them as text such as `2026-02-20T12:00:00.000000Z`, which is
readable and sorts by time. JSON is stored as text.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column

from ffremote.states import FailureReason, JobState, Phase, WorkerState

from .mapping import Base as Base  # all others import it from here
from .mapping import UploadState as UploadState
from .types import partial_index

ARRIVING: ColumnElement[str] = literal_column("'arriving'")
COMPLETE: ColumnElement[str] = literal_column("'complete'")


class Upload(Base):
    """A file sent by a client; the inputs of a job are uploads."""

    __tablename__ = "uploads"
    __table_args__ = (
        Index("ix_uploads_content", "sha256", "bytes_expected"),
        partial_index(
            "ix_uploads_arriving", "bytes_expected", "bytes_received", where="state = 'arriving'"
        ),
        partial_index("ix_uploads_stored", "bytes_expected", where="state = 'complete'"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    state: Mapped[UploadState]
    filename: Mapped[str | None]
    bytes_expected: Mapped[int | None] = mapped_column(BigInteger)
    bytes_received: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    object: Mapped[str | None]
    """The key of its file in an object store; None: in the data directory."""
    tus_metadata: Mapped[str | None]
    client: Mapped[str | None]
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Worker(Base):
    """A worker daemon, as it last reported itself."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    state: Mapped[WorkerState]
    host: Mapped[str]
    boot_id: Mapped[str]
    """Where it runs, as `ffremote.host.place` names it: a boot and a data directory."""
    pid: Mapped[int]
    pid_started: Mapped[int | None] = mapped_column(BigInteger)
    version: Mapped[str]
    concurrency: Mapped[int]
    ffmpeg_version: Mapped[str | None]
    sandbox: Mapped[str | None]
    capabilities: Mapped[dict[str, Any] | None]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    drain_requested_at: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(String(64))
    """The access token of a worker over HTTP; null of one that uses the database."""
    labels: Mapped[list[str] | None]
    """What its operator says of it, and jobs may require."""
    free_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """What a worker over HTTP can store; null of one that has the files on its disk already."""


class Job(Base):
    """One job; its row outlives its files."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued','running','completed','failed','canceled')", name="state_known"
        ),
        CheckConstraint("(state = 'running') = (claim_token IS NOT NULL)", name="running_is_held"),
        CheckConstraint(
            "(state IN ('completed','failed','canceled')) = (finished_at IS NOT NULL)",
            name="final_has_end",
        ),
        CheckConstraint(
            "(state = 'completed') = (progress_percent = 100)", name="completed_is_100"
        ),
        CheckConstraint(
            "state <> 'completed' OR cancel_requested_at IS NULL", name="canceled_never_completes"
        ),
        # Has all columns that claims and counts read, so that they never read a row. No heartbeat
        # column is in any index: a heartbeat must not rewrite one.
        partial_index(
            "ix_jobs_claimable",
            "rank",
            "id",
            "needs",
            "state",
            "input_ready_at",
            where="state = 'queued' AND input_ready_at IS NOT NULL",
        ),
        partial_index(
            "ix_jobs_streamable",
            "rank",
            "id",
            "needs",
            where="state = 'queued' AND input_ready_at IS NULL AND overlap = 'ready'",
        ),
        partial_index("ix_jobs_running_newest", "created_at", "id", where="state = 'running'"),
        partial_index(
            "ix_jobs_retained",
            "finished_at",
            where="finished_at IS NOT NULL AND files_removed_at IS NULL",
        ),
        partial_index(
            "ix_jobs_stored",
            "result_bytes",
            "files_removed_at",
            where="result_bytes IS NOT NULL AND files_removed_at IS NULL",
        ),
        partial_index("ix_jobs_processes", "pid", where="pid IS NOT NULL"),
        partial_index("ix_jobs_promised", "output_estimate_bytes", where="finished_at IS NULL"),
        Index("ix_jobs_newest", "created_at", "id"),
        # Partial, or SQLite's planner uses it for claims, too, and sorts the whole queue each time.
        partial_index(
            "ix_jobs_final_newest", "state", "created_at", "id", where="finished_at IS NOT NULL"
        ),
        partial_index("ix_jobs_queued_newest", "created_at", "id", where="state = 'queued'"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    state: Mapped[JobState]
    phase: Mapped[Phase | None]
    progress_percent: Mapped[int] = mapped_column(default=0)
    message: Mapped[str | None]
    priority: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(BigInteger)
    output_filename: Mapped[str]
    spec: Mapped[str]
    needs: Mapped[str] = mapped_column(default="")
    warnings: Mapped[list[str] | None]
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    request_digest: Mapped[str | None] = mapped_column(String(64))

    upload_id: Mapped[str | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    input_ready_at: Mapped[datetime | None]
    overlap: Mapped[str | None]
    """How it may begin before its input is complete: it `waits` for more, is `ready`; null: no."""
    output_estimate_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    input_facts: Mapped[dict[str, Any] | None]

    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]

    worker_id: Mapped[str | None] = mapped_column(String(36))
    holder: Mapped[str | None] = mapped_column(String(36))
    claim_token: Mapped[str | None] = mapped_column(String(32), unique=True)
    attempt: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)
    heartbeats: Mapped[int] = mapped_column(BigInteger, default=0)
    heartbeat_at: Mapped[datetime | None]
    pid: Mapped[int | None]
    pid_started: Mapped[int | None] = mapped_column(BigInteger)
    progress: Mapped[dict[str, Any] | None]
    command: Mapped[str | None]
    log_token: Mapped[str | None] = mapped_column(String(32))

    result_token: Mapped[str | None] = mapped_column(String(32))
    result_bytes: Mapped[int | None] = mapped_column(BigInteger)
    result_sha256: Mapped[str | None] = mapped_column(String(64))
    result_facts: Mapped[dict[str, Any] | None]
    result_object: Mapped[str | None]
    """The key of the result in an object store, or the folder of several; None: on the disk."""

    error_reason: Mapped[FailureReason | None]
    error_message: Mapped[str | None]
    error_details: Mapped[dict[str, Any] | None]

    expired_at: Mapped[datetime | None]
    files_removed_at: Mapped[datetime | None]


class JobInput(Base):
    """An input of a job from the second one on; the first is `Job.upload_id`.

    A job with one input has no row here, and one without inputs no `upload_id` either.
    """

    __tablename__ = "job_inputs"
    __table_args__ = (CheckConstraint("position BETWEEN 1 AND 15", name="position_in_range"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id"), index=True)


class JobLabel(Base):
    """A label (name and value) of a job; jobs can be listed by label."""

    __tablename__ = "job_labels"
    __table_args__ = (Index("ix_job_labels_found", "name", "value", "job_id"),)

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class JobTotal(Base):
    """The number of jobs in one state, updated by triggers, so that lists need not count rows."""

    __tablename__ = "job_totals"

    state: Mapped[JobState] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)
