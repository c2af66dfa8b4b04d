"""Files in an object store: rows name their keys there, and the installation has a name.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.add_column("uploads", sa.Column("object", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("result_object", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("jobs", "result_object")
    op.drop_column("uploads", "object")
    op.drop_table("installation")
