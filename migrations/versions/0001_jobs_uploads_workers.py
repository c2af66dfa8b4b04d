"""Jobs, uploads, workers, totals of jobs by state, and a readable view of jobs.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATES = ("queued", "running", "completed", "failed", "canceled")


def moment() -> sa.types.TypeEngine:
    """Return the type of a time: text in SQLite, which has none, timestamptz in PostgreSQL."""
    return sa.String(27).with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "job_totals",
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "completed",
                "failed",
                "canceled",
                name="jobstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_job_totals")),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "arriving", "complete", "removed", name="uploadstate", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("bytes_expected", sa.BigInteger(), nullable=True),
        sa.Column("bytes_received", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("tus_metadata", sa.Text(), nullable=True),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("completed_at", moment(), nullable=True),
        sa.Column("expires_at", moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index("ix_uploads_content", ["sha256", "bytes_expected"], unique=False)
        batch_op.create_index(
            "ix_uploads_arriving",
            ["bytes_expected", "bytes_received"],
            unique=False,
            sqlite_where=sa.text("state = 'arriving'"),
            postgresql_where=sa.text("state = 'arriving'"),
        )
        batch_op.create_index(batch_op.f("ix_uploads_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "state",
            sa.Enum("up", "draining", "gone", name="workerstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("pid_started", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("ffmpeg_version", sa.Text(), nullable=True),
        sa.Column("sandbox", sa.Text(), nullable=True),
        sa.Column("capabilities", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("started_at", moment(), nullable=False),
        sa.Column("heartbeat_at", moment(), nullable=False),
        sa.Column("drain_requested_at", moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "completed",
                "failed",
                "canceled",
                name="jobstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "phase",
            sa.Enum(
                "uploading",
                "queued",
                "probing",
                "transcoding",
                "verifying",
                name="phase",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("progress_percent", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("output_filename", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("warnings", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("request_digest", sa.String(length=64), nullable=True),
        sa.Column("upload_id", sa.String(length=36), nullable=False),
        sa.Column("input_ready_at", moment(), nullable=True),
        sa.Column("output_estimate_bytes", sa.BigInteger(), nullable=False),
        sa.Column("input_facts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("started_at", moment(), nullable=True),
        sa.Column("finished_at", moment(), nullable=True),
        sa.Column("cancel_requested_at", moment(), nullable=True),
        sa.Column("worker_id", sa.String(length=36), nullable=True),
        sa.Column("holder", sa.String(length=36), nullable=True),
        sa.Column("claim_token", sa.String(length=32), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("heartbeats", sa.BigInteger(), nullable=False),
        sa.Column("heartbeat_at", moment(), nullable=True),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("pid_started", sa.BigInteger(), nullable=True),
        sa.Column("progress", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("command", sa.Text(), nullable=True),
        sa.Column("log_token", sa.String(length=32), nullable=True),
        sa.Column("result_token", sa.String(length=32), nullable=True),
        sa.Column("result_bytes", sa.BigInteger(), nullable=True),
        sa.Column("result_sha256", sa.String(length=64), nullable=True),
        sa.Column("result_facts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "error_reason",
            sa.Enum(
                "unsupported_input",
                "corrupt_input",
                "no_such_stream",
                "encoder_unavailable",
                "incompatible_container",
                "bad_filter",
                "output_truncated",
                "disk_full",
                "resource_limit",
                "stalled",
                "killed",
                "worker_lost",
                "upload_abandoned",
                "unknown",
                name="failurereason",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("error_details", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("expired_at", moment(), nullable=True),
        sa.Column("files_removed_at", moment(), nullable=True),
        sa.CheckConstraint(
            "(state = 'completed') = (progress_percent = 100)",
            name=op.f("ck_jobs_completed_is_100"),
        ),
        sa.CheckConstraint(
            "(state = 'running') = (claim_token IS NOT NULL)", name=op.f("ck_jobs_running_is_held")
        ),
        sa.CheckConstraint(
            "(state IN ('completed','failed','canceled')) = (finished_at IS NOT NULL)",
            name=op.f("ck_jobs_final_has_end"),
        ),
        sa.CheckConstraint(
            "state <> 'completed' OR cancel_requested_at IS NULL",
            name=op.f("ck_jobs_canceled_never_completes"),
        ),
        sa.CheckConstraint(
            "state IN ('queued','running','completed','failed','canceled')",
            name=op.f("ck_jobs_state_known"),
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_jobs_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("claim_token", name=op.f("uq_jobs_claim_token")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_jobs_idempotency_key")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(
            "ix_jobs_claimable",
            ["rank", "id", "needs", "state", "input_ready_at"],
            unique=False,
            sqlite_where=sa.text("state = 'queued' AND input_ready_at IS NOT NULL"),
            postgresql_where=sa.text("state = 'queued' AND input_ready_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_jobs_processes",
            ["pid"],
            unique=False,
            sqlite_where=sa.text("pid IS NOT NULL"),
            postgresql_where=sa.text("pid IS NOT NULL"),
        )
        batch_op.create_index("ix_jobs_newest", ["created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_jobs_promised",
            ["output_estimate_bytes"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.create_index(
            "ix_jobs_retained",
            ["finished_at"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NOT NULL AND files_removed_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NOT NULL AND files_removed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_jobs_running_newest", ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.create_index(
            "ix_jobs_final_newest",
            ["state", "created_at", "id"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NOT NULL"),
            postgresql_where=sa.text("finished_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_jobs_queued_newest",
            ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(batch_op.f("ix_jobs_upload_id"), ["upload_id"], unique=False)

    op.create_table(
        "job_labels",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_labels_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "name", name=op.f("pk_job_labels")),
    )
    with op.batch_alter_table("job_labels", schema=None) as batch_op:
        batch_op.create_index("ix_job_labels_found", ["name", "value", "job_id"], unique=False)
    op.bulk_insert(
        sa.table("job_totals", sa.column("state"), sa.column("total")),
        [{"state": state, "total": 0} for state in STATES],
    )
    for statement in (
        SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS
    ):
        op.execute(statement)
    op.execute(OVERVIEW)


def downgrade() -> None:
    op.execute("DROP VIEW job_overview")
    for table in ("job_labels", "jobs", "workers", "uploads", "job_totals"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION count_jobs()")


SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER jobs_added AFTER INSERT ON jobs BEGIN
        UPDATE job_totals SET total = total + 1 WHERE state = NEW.state;
    END
    """,
    """
    CREATE TRIGGER jobs_moved AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
        UPDATE job_totals SET total = total - 1 WHERE state = OLD.state;
        UPDATE job_totals SET total = total + 1 WHERE state = NEW.state;
    END
    """,
    """
    CREATE TRIGGER jobs_removed AFTER DELETE ON jobs BEGIN
        UPDATE job_totals SET total = total - 1 WHERE state = OLD.state;
    END
    """,
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION count_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            UPDATE job_totals SET total = total - 1 WHERE state = OLD.state;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            UPDATE job_totals SET total = total + 1 WHERE state = NEW.state;
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER jobs_counted AFTER INSERT OR DELETE OR UPDATE OF state ON jobs
    FOR EACH ROW EXECUTE FUNCTION count_jobs()
    """,
)
OVERVIEW = """
    CREATE VIEW job_overview AS
    SELECT j.id, j.state, j.phase, j.progress_percent, j.priority, j.output_filename,
           u.filename AS input_filename, u.bytes_received AS input_bytes, j.result_bytes,
           j.attempt, j.losses, j.worker_id, j.pid, j.created_at, j.started_at, j.finished_at,
           j.heartbeat_at, j.error_reason, j.error_message
    FROM jobs j JOIN uploads u ON u.id = j.upload_id
"""
