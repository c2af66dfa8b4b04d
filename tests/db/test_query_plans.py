"""Frequent statements use an index, whatever the number of finished jobs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.models import Job
from ffremote.jobs import history, pending_uploads, queries, queue, rescues, store
from ffremote.jobs.queries import Cursor
from ffremote.states import JobState

NOW = utc_now()
CURSOR = Cursor(NOW, "x")
JOB = Job(id="x", state=JobState.QUEUED, rank=5)

Call = Callable[[Session], Any]
CALLS: list[tuple[str, Call]] = [
    (
        "USING COVERING INDEX ix_jobs_claimable",
        lambda s: queue.claim_next(s, worker_id="w", holder="h", needs=frozenset({"", "a"})),
    ),
    ("USING COVERING INDEX ix_jobs_claimable", queue.has_claimable),
    ("ix_jobs_claimable", queue.claimable_needs),
    ("USING COVERING INDEX ix_jobs_claimable", lambda s: queries.queue_position(s, JOB)),
    ("USING INDEX ix_jobs_newest", lambda s: queries.newest(s, after=CURSOR)),
    (
        "USING INDEX ix_jobs_final_newest",
        lambda s: queries.newest(s, states=[JobState.FAILED], after=CURSOR),
    ),
    ("USING INDEX ix_jobs_queued_newest", lambda s: queries.newest(s, states=[JobState.QUEUED])),
    ("USING INDEX ix_jobs_running_newest", lambda s: queries.newest(s, states=[JobState.RUNNING])),
    ("USING INDEX ix_jobs_running_newest", rescues.holds),
    ("USING INDEX ix_jobs_processes", rescues.holds),
    ("USING INDEX ix_jobs_newest", lambda s: history.forget(s, timedelta(days=9))),
    ("ix_job_inputs_upload_id", lambda s: pending_uploads.expected_result_bytes(s, "x")),
    ("ix_job_inputs_upload_id", lambda s: pending_uploads.remove_unneeded(s, "x")),
    (
        "SCAN jobs USING INDEX ix_jobs_promised CORRELATED SCALAR SUBQUERY",
        lambda s: store.promised_bytes(s, lapsed_before=NOW),
    ),
]


@pytest.mark.parametrize(("index", "call"), CALLS)
def test_a_statement_uses_its_index(
    engine: Engine, session: Session, index: str, call: Call
) -> None:
    ran: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *args: ran.append((args[2], args[3])))

    call(session)
    statements = [(sql, values) for sql, values in ran if sql.startswith(("SELECT", "UPDATE"))]
    with engine.connect() as connection:
        plans = [
            " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", v))
            for sql, v in statements
        ]

    assert any(index in plan for plan in plans), plans
    assert not any("SCAN jobs" in plan and "USING" not in plan for plan in plans), plans
