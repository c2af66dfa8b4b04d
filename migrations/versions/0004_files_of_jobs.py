"""The files of jobs that have several.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The version before knows one file of a job, and would miss it: these results expire instead.
EXPIRE = """
    UPDATE jobs SET expired_at = {now}
    WHERE expired_at IS NULL AND id IN (SELECT job_id FROM job_files)
"""
NOW = {"sqlite": "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')", "postgresql": "now()"}


def upgrade() -> None:
    op.create_table(
        "job_files",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("crc32", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "position BETWEEN 0 AND 19999", name=op.f("ck_job_files_position_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_files_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_job_files")),
        sa.UniqueConstraint("job_id", "name", name=op.f("uq_job_files_job_id_name")),
    )


def downgrade() -> None:
    op.execute(EXPIRE.format(now=NOW[op.get_bind().dialect.name]))
    op.drop_table("job_files")
