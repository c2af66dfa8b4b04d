"""The client of an upload, so that the uploads of one client can be limited.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("client", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("uploads", "client")
