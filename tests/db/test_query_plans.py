"""Frequent statements use an index, whatever the number of finished jobs."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db import database
from ffremote.db.models import Job
from ffremote.jobs import history, pending_uploads, queries, queue, rescues
from ffremote.jobs.journal import live
from ffremote.jobs.kept import usage
from ffremote.jobs.lists import pages
from ffremote.jobs.lists.filters import Cursor, Filter
from ffremote.states import JobState
from tests.support.databases import PostgresqlTemplate, run
from tests.support.matrices import sampled

NOW = utc_now()
CURSOR = Cursor(NOW, "x")
JOB = Job(id="x", state=JobState.QUEUED, rank=5)

Call = Callable[[Session], Any]


def by_name(session: Session) -> Any:
    """List the jobs with a name."""
    return pages.newest(session, Filter(name="x"), after=CURSOR)


CALLS: list[tuple[str, Call]] = [
    (
        "USING COVERING INDEX ix_jobs_claimable",
        lambda s: queue.claim_next(s, worker_id="w", holder="h", needs=frozenset({"", "a"})),
    ),
    ("USING COVERING INDEX ix_jobs_claimable", queue.has_claimable),
    ("ix_jobs_claimable", queue.claimable_needs),
    ("USING COVERING INDEX ix_jobs_claimable", lambda s: queries.queue_position(s, JOB)),
    ("USING INDEX ix_jobs_newest", lambda s: pages.newest(s, after=CURSOR)),
    (
        "USING INDEX ix_jobs_final_newest",
        lambda s: pages.newest(s, Filter((JobState.FAILED,)), after=CURSOR),
    ),
    ("USING INDEX ix_jobs_queued_newest", lambda s: pages.newest(s, Filter((JobState.QUEUED,)))),
    ("USING INDEX ix_jobs_running_newest", lambda s: pages.newest(s, Filter((JobState.RUNNING,)))),
    ("USING INDEX ix_jobs_newest", by_name),
    (
        "USING INDEX ix_jobs_newest (created_at>? AND created_at<?)",
        lambda s: pages.newest(s, Filter(created_after=NOW, created_before=NOW)),
    ),
    ("USING INDEX ix_jobs_running_newest", rescues.holds),
    ("USING INDEX ix_jobs_running_newest", lambda s: live.running(s, newest=50)),
    ("USING COVERING INDEX ix_jobs_claimable", live.first_in_queue),
    ("USING INDEX ix_jobs_processes", rescues.holds),
    ("USING INDEX ix_jobs_newest", lambda s: history.forget(s, timedelta(days=9))),
    ("ix_job_inputs_upload_id", lambda s: pending_uploads.expected_result_bytes(s, "x")),
    ("ix_job_inputs_upload_id", lambda s: pending_uploads.remove_unneeded(s, "x")),
    (
        "SCAN jobs USING INDEX ix_jobs_promised CORRELATED SCALAR SUBQUERY",
        lambda s: usage.promised_bytes(s, lapsed_before=NOW),
    ),
    ("USING COVERING INDEX ix_uploads_stored", usage.stored_bytes),
    ("USING COVERING INDEX ix_jobs_stored", usage.stored_bytes),
]


@pytest.mark.parametrize(("index", "call"), CALLS)
def test_a_statement_uses_its_index(
    engine: Engine, session: Session, index: str, call: Call
) -> None:
    statements = statements_of(engine, session, call)
    with engine.connect() as connection:
        plans = [
            " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", v))
            for sql, v in statements
        ]

    assert any(index in plan for plan in plans), plans
    assert not any("SCAN jobs" in plan and "USING" not in plan for plan in plans), plans


def statements_of(engine: Engine, session: Session, call: Call) -> list[tuple[str, Any]]:
    ran: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *args: ran.append((args[2], args[3])))

    call(session)
    return [(sql, values) for sql, values in ran if sql.startswith(("SELECT", "UPDATE"))]


HISTORY = (
    """
    INSERT INTO uploads (id, state, bytes_received, created_at, expires_at)
    SELECT lpad(i::text, 36, '0'), 'complete', 1, now(), now() FROM generate_series(1, 30000) AS i
    """,
    """
    INSERT INTO jobs (id, state, progress_percent, priority, rank, output_filename, spec, needs,
        upload_id, input_ready_at, output_estimate_bytes, created_at, finished_at, attempt, losses,
        heartbeats)
    SELECT id, CASE i % 3 WHEN 0 THEN 'failed' ELSE 'completed' END,
        CASE i % 3 WHEN 0 THEN 0 ELSE 100 END, 0, i, 'a.mp4', '{}', '', id, now(), 1,
        now() - i * interval '20 s', now() - i * interval '20 s', 1, 0, 0
    FROM (SELECT id, row_number() OVER () AS i FROM uploads) AS numbered
    """,
    "INSERT INTO job_inputs SELECT id, 1, id FROM uploads",
    """
    INSERT INTO uploads (id, state, bytes_received, created_at, expires_at)
    SELECT lpad(i::text, 36, 'a'), 'arriving', 1, now(), now() FROM generate_series(1, 500) AS i
    """,
    """
    INSERT INTO jobs (id, state, progress_percent, priority, rank, output_filename, spec, needs,
        upload_id, output_estimate_bytes, created_at, attempt, losses, heartbeats)
    SELECT id, 'queued', 0, 0, 1, 'a.mp4', '{}', '', id, 1, now(), 0, 0, 0
    FROM uploads WHERE state = 'arriving'
    """,
    "VACUUM ANALYZE",
)


@pytest.fixture(scope="module")
def past(cluster: PostgresqlTemplate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of PostgreSQL with 30,000 jobs that have ended, of two inputs each.

    500 are queued and wait for their input. With less of either, two ways cost about the same,
    and the one that is taken says nothing.
    """
    url = cluster.copy(tmp_path_factory.mktemp("history"))
    for statement in HISTORY:
        run(url, statement)
    yield url
    cluster.drop(url)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the steps of a plan of PostgreSQL."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("index", "call"), sampled([(re.findall(r"ix_\w+", i)[0], call) for i, call in CALLS], 0)
)
def test_a_statement_uses_its_index_on_postgresql(past: str, index: str, call: Call) -> None:
    engine = database.open_engine(past)
    with database.session_maker(engine)() as session:
        statements = statements_of(engine, session, call)
    with engine.connect() as connection:
        steps = [
            step
            for sql, values in statements
            for [document] in connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", values)
            for step in nodes(document[0]["Plan"])
        ]
    engine.dispose()

    walked = {step["Relation Name"] for step in steps if step["Node Type"] == "Seq Scan"}
    # for a name it reads the names of 10,000 jobs' uploads, where one walk is the shortest way
    allowed = {"uploads"} if call is by_name else set()
    assert walked.isdisjoint({"jobs", "job_inputs", "uploads"} - allowed), steps
    if index.startswith("ix_jobs"):  # the inputs of few jobs are found from either end
        assert index in {step.get("Index Name") for step in steps}, steps
