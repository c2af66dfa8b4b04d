"""The life of a job as a model that Hypothesis walks at random, beside the statements that we ship.

The model knows only the contract: which claim holds a job, and which state it may be in. Whatever
order the statements come in, from holders alive, replaced or forgotten, the rows must agree.
"""

import shutil
import tempfile
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text

from ffremote import claims, database, fleet, intake, registry
from ffremote.claims import Claim, Hold, Result, Tick
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.errors import JobFinished
from ffremote.models import Job, Worker, WorkerState
from ffremote.states import FailureReason, JobState, Phase
from ffremote.storage import Storage

WORKER = "11111111-1111-4111-8111-111111111111"
ENDS = {"complete": JobState.COMPLETED, "fail": JobState.FAILED}


class JobLife(RuleBasedStateMachine):
    """Random lives of jobs; `template` is a migrated database."""

    template: Path
    jobs = Bundle("jobs")
    taken = Bundle("taken")
    seen = Bundle("seen")

    @initialize()
    def open(self) -> None:
        # Memory where there is some: thousands of commits need not wait for a disk here.
        memory = Path("/dev/shm")
        where = memory if memory.is_dir() else None
        self.root = Path(tempfile.mkdtemp(prefix="ffremote-model-", dir=where))
        self.storage = Storage(self.root)
        self.storage.prepare()
        shutil.copyfile(self.template / "ffremote.db", self.root / "ffremote.db")
        self.engine = database.open_engine(f"sqlite:///{self.root / 'ffremote.db'}")
        self.session = database.session_maker(self.engine)()
        self.states: dict[str, JobState] = {}
        self.priority: dict[str, int] = {}
        self.losses: dict[str, int] = {}
        self.holder: dict[str, str] = {}
        self.ends: dict[str, int] = {}
        now = utc_now()
        row: dict[str, Any] = {"host": "h", "boot_id": "b", "pid": 1, "version": "0"}
        row |= {"concurrency": 1, "started_at": now, "heartbeat_at": now}
        fleet.register(self.session, Worker(id=WORKER, state=WorkerState.UP, **row))

    @rule(target=jobs, priority=st.integers(-10, 10))
    def submit(self, priority: int) -> str:
        upload_id, partial = intake.new_upload(self.storage)
        partial.write_bytes(b"\0")
        order = intake.Order(spec="{}", output_filename="a.mp4", priority=priority)
        arrival = intake.Arrival(upload_id, None, 1, "ab")
        job = intake.accept_file(self.session, self.storage, Settings(), order, arrival)
        self.states[job.id] = JobState.QUEUED
        self.priority[job.id] = job.rank
        self.losses[job.id] = 0
        return job.id

    @rule(target=taken)
    def claim(self) -> Any:
        holder = str(uuid.uuid4())
        claim = claims.claim_next(
            self.session, worker_id=WORKER, holder=holder, needs=frozenset({""})
        )
        waiting = [job for job, state in self.states.items() if state is JobState.QUEUED]
        if claim is None:
            assert not waiting
            return multiple()
        assert claim.job_id == min(waiting, key=lambda job: (self.priority[job], job))
        self.states[claim.job_id] = JobState.RUNNING
        self.holder[claim.job_id] = claim.token
        return claim

    @rule(claim=taken, percent=st.integers(0, 99))
    def report(self, claim: Claim, percent: int) -> None:
        tick = Tick(Phase.TRANSCODING, percent, pid=4711, pid_started=1)

        assert claims.report(self.session, claim, tick) is self.is_held(claim)

    @rule(claim=taken, end=st.sampled_from(sorted(ENDS)))
    def finish(self, claim: Claim, end: str) -> None:
        held = self.is_held(claim)
        if end == "complete":
            won = claims.complete(self.session, claim, Result(1, "ab", {}))
        else:
            won = claims.fail(
                self.session, claim, reason=FailureReason.UNKNOWN, message="m", details={}
            )

        assert won is held
        if won:
            self.states[claim.job_id] = ENDS[end]
            self.ends[claim.job_id] = self.ends.get(claim.job_id, 0) + 1

    @rule(claim=taken)
    def release(self, claim: Claim) -> None:
        held = self.is_held(claim)

        assert claims.release(self.session, claim, message="m") is held
        if held:
            self.states[claim.job_id] = JobState.QUEUED

    @rule(job_id=jobs)
    def cancel(self, job_id: str) -> None:
        before = self.states[job_id]
        if before in (JobState.COMPLETED, JobState.FAILED):
            with pytest.raises(JobFinished):
                registry.request_cancel(self.session, job_id)
            return
        assert registry.request_cancel(self.session, job_id).state is JobState.CANCELED
        self.states[job_id] = JobState.CANCELED

    @rule(target=seen)
    def look(self) -> Any:
        return multiple(*(hold for hold in claims.holds(self.session) if hold.token))

    @rule(hold=seen)
    def rescue(self, hold: Hold) -> None:
        row = registry.find(self.session, hold.job_id)
        current = self.states[hold.job_id] is JobState.RUNNING and (
            self.holder[hold.job_id] == hold.token and row.heartbeats == hold.heartbeats
        )

        state = claims.rescue(self.session, hold)

        assert (state is not None) is current
        if state is not None:
            self.losses[hold.job_id] += 1
            lost_for_good = self.losses[hold.job_id] == claims.MAX_LOSSES
            assert state is (JobState.FAILED if lost_for_good else JobState.QUEUED)
            self.states[hold.job_id] = state

    @invariant()
    def rows_agree(self) -> None:
        with database.reading(self.session):
            rows = self.session.execute(select(Job.id, Job.state, Job.losses)).all()
        assert {row.id: row.state for row in rows} == self.states
        assert {row.id: row.losses for row in rows} == self.losses
        assert all(count == 1 for count in self.ends.values())

    @invariant()
    def totals_and_positions_agree(self) -> None:
        for state in JobState:
            expected = sum(1 for found in self.states.values() if found is state)
            assert registry.newest(self.session, states=[state]).total == expected
        queued = [job for job, state in self.states.items() if state is JobState.QUEUED]
        rows = [registry.find(self.session, job) for job in queued]
        positions = sorted(registry.queue_position(self.session, row) or 0 for row in rows)
        assert positions == list(range(1, len(queued) + 1))

    def teardown(self) -> None:
        if hasattr(self, "session"):
            with database.reading(self.session):
                assert self.session.scalar(text("PRAGMA integrity_check")) == "ok"
            self.session.close()
            self.engine.dispose()
            shutil.rmtree(self.root)

    def is_held(self, claim: Claim) -> bool:
        return (
            self.states[claim.job_id] is JobState.RUNNING
            and self.holder[claim.job_id] == claim.token
        )


def test_no_order_of_statements_breaks_the_life_of_a_job(migrated: Path) -> None:
    JobLife.template = migrated

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        JobLife,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
