"""Totals of jobs as appended changes on PostgreSQL, whose jobs get room for heartbeats.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES = ("queued", "running", "completed", "failed", "canceled")
APPEND = """
    CREATE OR REPLACE FUNCTION count_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_changes (state_before, state_after) VALUES (OLD.state, NEW.state);
        RETURN NULL;
    END $$
"""
UPDATE = """
    CREATE OR REPLACE FUNCTION count_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            UPDATE job_totals SET total = total - 1 WHERE state = OLD.state;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            UPDATE job_totals SET total = total + 1 WHERE state = NEW.state;
        END IF;
        RETURN NULL;
    END $$
"""
COUNT = """
    UPDATE job_totals SET total = (SELECT count(*) FROM jobs WHERE jobs.state = job_totals.state)
"""


def state() -> sa.Enum:
    return sa.Enum(*STATES, name="jobstate", native_enum=False, length=24)


def upgrade() -> None:
    op.create_table(
        "job_changes",
        sa.Column("state_before", state(), nullable=True),
        sa.Column("state_after", state(), nullable=True),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(APPEND)
        op.execute("ALTER TABLE jobs SET (fillfactor = 70)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("LOCK TABLE jobs IN SHARE ROW EXCLUSIVE MODE")
        op.execute(UPDATE)
        op.execute(COUNT)
        op.execute("ALTER TABLE jobs RESET (fillfactor)")
    op.drop_table("job_changes")
