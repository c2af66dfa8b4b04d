"""Indexes of the sizes of stored files, for a quota.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UPLOADS = sa.text("state = 'complete'")
RESULTS = sa.text("result_bytes IS NOT NULL AND files_removed_at IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_uploads_stored",
        "uploads",
        ["bytes_expected"],
        sqlite_where=UPLOADS,
        postgresql_where=UPLOADS,
    )
    op.create_index(
        "ix_jobs_stored", "jobs", ["result_bytes", "files_removed_at"], sqlite_where=RESULTS, postgresql_where=RESULTS
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_stored", table_name="jobs")
    op.drop_index("ix_uploads_stored", table_name="uploads")
