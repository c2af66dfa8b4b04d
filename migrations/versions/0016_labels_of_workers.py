"""Labels of workers and what they can store, by which jobs are placed.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workers", sa.Column("labels", sa.JSON(), nullable=True))
    op.add_column("workers", sa.Column("free_bytes", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("workers", "free_bytes")
    op.drop_column("workers", "labels")
