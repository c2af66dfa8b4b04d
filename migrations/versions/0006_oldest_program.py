"""The oldest version of ffremote that may use the schema.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schema_info",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("oldest_program", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_schema_info_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schema_info")),
    )
    op.bulk_insert(
        sa.table("schema_info", sa.column("id"), sa.column("oldest_program")),
        [{"id": 1, "oldest_program": "0.2.0"}],
    )


def downgrade() -> None:
    op.drop_table("schema_info")
