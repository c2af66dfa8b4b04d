"""Jobs that may begin while their input arrives.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_READY = sa.text("state = 'queued' AND input_ready_at IS NULL AND overlap = 'ready'")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("overlap", sa.Text(), nullable=True))
    op.create_index(
        "ix_jobs_streamable",
        "jobs",
        ["rank", "id", "needs"],
        sqlite_where=_READY,
        postgresql_where=_READY,
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_streamable", table_name="jobs")
    op.drop_column("jobs", "overlap")
