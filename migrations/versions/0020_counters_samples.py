"""Counters that no restart loses, and a sample of the service for each minute of the last day.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SMALL = ("queued", "running", "workers")
LARGE = ("completed", "failed", "canceled", "bytes_in", "bytes_out", "free_bytes")


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("name", "labels", name=op.f("pk_counters")),
    )
    # The last change of a job that is counted.
    op.bulk_insert(counters, [{"name": "counted", "labels": "{}", "value": 0}])
    op.create_table(
        "samples",
        sa.Column(
            "at", sa.String(27) if is_sqlite else sa.DateTime(timezone=True), nullable=False
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in SMALL),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in LARGE),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_samples")),
    )


def downgrade() -> None:
    op.drop_table("samples")
    op.drop_table("counters")
