"""Changes of jobs as rows with increasing ids, kept for an hour: what pages that are open follow.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = ("queued", "running", "completed", "failed", "canceled")
SQLITE = (
    """
    CREATE TRIGGER jobs_noted_added AFTER INSERT ON jobs BEGIN
        INSERT INTO job_events (job_id, state_after) VALUES (NEW.id, NEW.state);
    END
    """,
    """
    CREATE TRIGGER jobs_noted_moved AFTER UPDATE OF state ON jobs WHEN OLD.state <> NEW.state BEGIN
        INSERT INTO job_events (job_id, state_before, state_after, was_lost)
        VALUES (NEW.id, OLD.state, NEW.state, NEW.losses <> OLD.losses);
    END
    """,
    """
    CREATE TRIGGER jobs_noted_changed AFTER UPDATE OF input_ready_at, expired_at ON jobs
    WHEN OLD.input_ready_at IS NOT NEW.input_ready_at OR OLD.expired_at IS NOT NEW.expired_at BEGIN
        INSERT INTO job_events (job_id, state_before, state_after)
        VALUES (NEW.id, NEW.state, NEW.state);
    END
    """,
    """
    CREATE TRIGGER jobs_noted_removed AFTER DELETE ON jobs BEGIN
        INSERT INTO job_events (job_id, state_before) VALUES (OLD.id, OLD.state);
    END
    """,
)
POSTGRESQL = (
    """
    CREATE FUNCTION note_job() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO job_events (job_id, state_before, state_after, was_lost)
        VALUES (
            coalesce(NEW.id, OLD.id), OLD.state, NEW.state,
            TG_OP = 'UPDATE' AND NEW.losses IS DISTINCT FROM OLD.losses
        );
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER jobs_noted AFTER INSERT OR DELETE ON jobs
    FOR EACH ROW EXECUTE FUNCTION note_job()
    """,
    """
    CREATE TRIGGER jobs_noted_changed AFTER UPDATE OF state, input_ready_at, expired_at ON jobs
    FOR EACH ROW WHEN (
        OLD.state <> NEW.state
        OR OLD.input_ready_at IS DISTINCT FROM NEW.input_ready_at
        OR OLD.expired_at IS DISTINCT FROM NEW.expired_at
    ) EXECUTE FUNCTION note_job()
    """,
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "job_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.String(36), nullable=False),
        sa.Column("state_before", _state(), nullable=True),
        sa.Column("state_after", _state(), nullable=True),
        sa.Column("was_lost", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "at",
            sa.String(27) if is_sqlite else sa.DateTime(timezone=True),
            server_default=sa.text(
                "(strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))" if is_sqlite else "clock_timestamp()"
            ),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_events")),
    )
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "moved", "changed", "removed"):
            op.execute(f"DROP TRIGGER jobs_noted_{name}")
    else:
        op.execute("DROP TRIGGER jobs_noted ON jobs")
        op.execute("DROP TRIGGER jobs_noted_changed ON jobs")
        op.execute("DROP FUNCTION note_job()")
    op.drop_table("job_events")


def _state() -> sa.Enum:
    return sa.Enum(*STATES, name="jobstate", native_enum=False, length=24)
