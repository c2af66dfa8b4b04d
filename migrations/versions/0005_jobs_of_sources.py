"""Jobs without an upload: a filter graph of sources makes everything in the result.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NULLABLE = "upload_id VARCHAR(36)"
REQUIRED = "upload_id VARCHAR(36) NOT NULL"
OVERVIEW = """
    CREATE VIEW job_overview AS
    SELECT j.id, j.state, j.phase, j.progress_percent, j.priority, j.output_filename,
           u.filename AS input_filename,
    {input_bytes} + coalesce((
        SELECT sum(o.bytes_received) FROM job_inputs i JOIN uploads o ON o.id = i.upload_id
        WHERE i.job_id = j.id), 0) AS input_bytes,
    {first} + (SELECT count(*) FROM job_inputs i WHERE i.job_id = j.id) AS inputs, j.result_bytes,
    j.attempt, j.losses, j.worker_id, j.pid, j.created_at, j.started_at, j.finished_at,
    j.heartbeat_at, j.error_reason, j.error_message
    FROM jobs j {join} JOIN uploads u ON u.id = j.upload_id
"""
BEFORE = OVERVIEW.format(input_bytes="u.bytes_received", first="1", join="")
AFTER = OVERVIEW.format(
    input_bytes="coalesce(u.bytes_received, 0)",
    first="CASE WHEN j.upload_id IS NULL THEN 0 ELSE 1 END",
    join="LEFT",
)
# The version before cannot run these jobs, and each of its jobs has an upload: an empty one that
# was removed stands in.
END = """
    UPDATE jobs SET state = 'failed', phase = NULL, claim_token = NULL, finished_at = {now},
        error_reason = 'unknown', error_details = '{{}}',
        error_message = 'The server was changed to a version that takes an input for each job.'
    WHERE finished_at IS NULL AND upload_id IS NULL
"""
STAND_IN = """
    INSERT INTO uploads (id, state, bytes_expected, bytes_received, created_at, expires_at)
    SELECT id, 'removed', 0, 0, created_at, created_at FROM jobs WHERE upload_id IS NULL
"""
NOW = {"sqlite": "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')", "postgresql": "now()"}


def upgrade() -> None:
    op.execute("DROP VIEW job_overview")
    if op.get_bind().dialect.name == "sqlite":
        rewrite_table(REQUIRED, NULLABLE)
    else:
        op.alter_column("jobs", "upload_id", nullable=True)
    op.execute(AFTER)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    op.execute("DROP VIEW job_overview")
    op.execute(END.format(now=NOW[dialect]))
    op.execute(STAND_IN)
    op.execute("UPDATE jobs SET upload_id = id WHERE upload_id IS NULL")
    if dialect == "sqlite":
        rewrite_table(NULLABLE, REQUIRED)
    else:
        op.alter_column("jobs", "upload_id", nullable=False)
    op.execute(BEFORE)


def rewrite_table(old: str, new: str) -> None:
    """Replace a column's text in the schema of SQLite, whose rows have the same form with both.

    SQLite has no statement for it. Copying the table into a new one would drop the old one, which
    deletes the labels and inputs of all jobs: foreign keys cannot be switched off in a transaction.
    See "Making Other Kinds Of Table Schema Changes" in SQLite's documentation of ALTER TABLE.
    """
    connection = op.get_bind()
    jobs = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'jobs'")
    text = connection.execute(jobs).scalar_one()
    if text.count(old) != 1:
        raise RuntimeError(f"the table jobs has no column {old!r}, but: {text}")
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    connection.execute(
        sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = 'jobs'"),
        {"sql": text.replace(old, new)},
    )
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = RESET"))
