"""The inputs of a job from its second one on, and all of them in the view of jobs.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = """
    j.attempt, j.losses, j.worker_id, j.pid, j.created_at, j.started_at, j.finished_at,
    j.heartbeat_at, j.error_reason, j.error_message
    FROM jobs j JOIN uploads u ON u.id = j.upload_id
"""
FIRST = """
    CREATE VIEW job_overview AS
    SELECT j.id, j.state, j.phase, j.progress_percent, j.priority, j.output_filename,
           u.filename AS input_filename,
"""
ONE = FIRST + "u.bytes_received AS input_bytes, j.result_bytes," + COLUMNS
SEVERAL = (
    FIRST
    + """
    u.bytes_received + coalesce((
        SELECT sum(o.bytes_received) FROM job_inputs i JOIN uploads o ON o.id = i.upload_id
        WHERE i.job_id = j.id), 0) AS input_bytes,
    1 + (SELECT count(*) FROM job_inputs i WHERE i.job_id = j.id) AS inputs, j.result_bytes,
"""
    + COLUMNS
)
# The version before knows one input of a job: it would never claim these jobs.
END = """
    UPDATE jobs SET state = 'failed', phase = NULL, claim_token = NULL, finished_at = {now},
        error_reason = 'unknown', error_details = '{{}}',
        error_message = 'The server was changed to a version that takes one input for each job.'
    WHERE finished_at IS NULL AND id IN (SELECT job_id FROM job_inputs)
"""
NOW = {"sqlite": "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')", "postgresql": "now()"}


def upgrade() -> None:
    op.create_table(
        "job_inputs",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "position BETWEEN 1 AND 15", name=op.f("ck_job_inputs_position_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_inputs_job_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_job_inputs_upload_id")
        ),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_job_inputs")),
    )
    with op.batch_alter_table("job_inputs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_inputs_upload_id"), ["upload_id"], unique=False)
    op.execute("DROP VIEW job_overview")
    op.execute(SEVERAL)


def downgrade() -> None:
    op.execute("DROP VIEW job_overview")
    op.execute(END.format(now=NOW[op.get_bind().dialect.name]))
    op.drop_table("job_inputs")
    op.execute(ONE)
