"""A model of a job's states that Hypothesis runs at random beside the shipped statements.

The model holds only the contract: which claim holds a job, and which state the job is in. In any
order of statements, from current, replaced or rescued holders, the rows must agree with it.
"""

import contextlib
import shutil
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select

from ffremote.config import Settings
from ffremote.db import database
from ffremote.db.models import Job, UploadState
from ffremote.errors import JobFinished, UploadConflict
from ffremote.files.storage import Storage
from ffremote.jobs import claims, pending_uploads, queries, queue, rescues, retention, store, totals
from ffremote.jobs.rescues import Hold
from ffremote.ledger.needs import NO_INPUT, SEVERAL
from ffremote.ledger.values import Claim, ProgressUpdate, Result
from ffremote.states import FailureReason, JobState, Phase
from tests.support.builders import WORKER, arriving_upload, queue_for, queue_job, register_worker
from tests.support.databases import Template, is_sound

T = TypeVar("T")

LIVE = 3
BACK = st.integers(0, 3)
ENDS = {"complete": JobState.COMPLETED, "fail": JobState.FAILED}


class JobLife(RuleBasedStateMachine):
    """Random histories of up to `LIVE` unfinished jobs, each on a copy of `template`.

    Claims and holds are drawn from the latest few, current and stale alike: drawn from all of
    them, most steps would go to jobs that ended long ago.
    """

    template: Template

    @initialize()
    def open(self) -> None:
        # In memory if possible: thousands of commits need not wait for a disk here.
        memory = Path("/dev/shm")
        where = memory if memory.is_dir() else None
        self.root = Path(tempfile.mkdtemp(prefix="ffremote-model-", dir=where))
        self.storage = Storage(self.root)
        self.storage.prepare()
        self.url = self.template.copy(self.root)
        settings = Settings(data_dir=self.root, database_url=self.url)
        self.engine = database.open_engine(settings.registry_url)
        self.session = database.session_maker(self.engine)()
        self.states: dict[str, JobState] = {}
        self.rank: dict[str, int] = {}
        self.losses: dict[str, int] = {}
        self.holder: dict[str, str] = {}
        self.ends: dict[str, int] = {}
        self.claimed: list[Claim] = []
        self.seen: list[Hold] = []
        self.uploads: dict[str, UploadState] = {}
        self.inputs: dict[str, list[str]] = {}
        self.early: dict[str, bool] = {}
        """Uploads of jobs that may begin early, and whether enough of them is there."""
        self.given_up: set[str] = set()
        """Jobs that wait for their whole input after all."""
        register_worker(self.session, worker_id=WORKER)

    @precondition(lambda self: len(self.live()) < LIVE)
    @rule(priority=st.integers(-10, 10))
    def submit(self, priority: int) -> None:
        self.add(queue_job(self.session, self.storage, priority=priority))

    def add(self, job: Job, uploads: Sequence[str] = ()) -> None:
        """Take a new job into the model, with those of its uploads that the model follows."""
        self.states[job.id] = JobState.QUEUED
        self.rank[job.id] = job.rank
        self.losses[job.id] = 0
        self.inputs[job.id] = list(uploads)

    @precondition(lambda self: len(self.live()) < LIVE)
    @rule(shared=st.booleans())
    def submit_several(self, shared: bool) -> None:
        """Queue a job for two uploads that still arrive, or for one of them and an older one."""
        present = self.present()
        new = [arriving_upload(self.session, self.storage) for _ in range(2)]
        self.uploads |= dict.fromkeys(new, UploadState.ARRIVING)
        uploads = [new[0], present[-1] if shared and present else new[1]]
        self.add(queue_for(self.session, self.storage, *uploads), uploads)

    @precondition(lambda self: len(self.live()) < LIVE)
    @rule()
    def submit_early(self) -> None:
        """Queue a job that may begin while its only upload arrives."""
        upload = arriving_upload(self.session, self.storage)
        self.uploads[upload] = UploadState.ARRIVING
        self.add(queue_for(self.session, self.storage, upload, may_overlap=True), [upload])
        self.early[upload] = False

    @precondition(lambda self: self.early)
    @rule(back=BACK)
    def begin_early(self, back: int) -> None:
        upload = latest(list(self.early), back)
        pending_uploads.begin_early(self.session, upload)
        users = [job for job, uploads in self.inputs.items() if uploads == [upload]]
        if all(self.states[job] is JobState.QUEUED for job in users):
            self.early[upload] |= self.uploads[upload] is UploadState.ARRIVING

    @rule()
    def claim_early(self) -> None:
        waiting = [
            job
            for job, state in self.states.items()
            if state is JobState.QUEUED and self.arrives_early(job)
        ]
        claim = queue.claim_next(
            self.session,
            worker_id=WORKER,
            holder=str(uuid.uuid4()),
            needs=frozenset({"", SEVERAL, NO_INPUT}),
            arriving=True,
        )
        if claim is None:
            assert self.claimable() or not waiting
            return
        assert not self.claimable()
        assert claim.job_id == min(waiting, key=lambda job: (self.rank[job], job))
        assert claim.arriving_bytes
        self.states[claim.job_id] = JobState.RUNNING
        self.holder[claim.job_id] = claim.token
        self.claimed.append(claim)

    @precondition(lambda self: self.claimed)
    @rule(back=BACK, may_stream=st.booleans())
    def suspend(self, back: int, may_stream: bool) -> None:
        claim = latest(self.claimed, back)
        held = self.is_held(claim)

        assert claims.suspend(self.session, claim, message="m", may_stream=may_stream) is held
        if held:
            self.states[claim.job_id] = JobState.QUEUED
            if not may_stream:
                self.early |= dict.fromkeys(self.inputs[claim.job_id], False)
                self.given_up.add(claim.job_id)

    @precondition(lambda self: self.claimed)
    @rule(back=BACK)
    def look_for_input(self, back: int) -> None:
        claim = latest(self.claimed, back)
        if self.is_held(claim):
            arrived = not self.waits_for_upload(claim.job_id)
            assert claims.has_arrived(self.session, claim) is arrived

    @precondition(lambda self: self.in_state(UploadState.ARRIVING))
    @rule(back=BACK)
    def arrive(self, back: int) -> None:
        upload_id = latest(self.in_state(UploadState.ARRIVING), back)
        store.complete_upload(self.session, upload_id, sha256="ab")
        self.uploads[upload_id] = UploadState.COMPLETE

    @precondition(lambda self: self.present())
    @rule(back=BACK)
    def remove(self, back: int) -> None:
        """Remove an upload: one that a job still needs stays, or it fails the jobs that wait."""
        upload_id = latest(self.present(), back)
        users = [job for job in self.live() if upload_id in self.inputs[job]]
        if users and self.uploads[upload_id] is UploadState.COMPLETE:
            with contextlib.suppress(UploadConflict):
                retention.remove_upload(self.session, self.storage, upload_id)
                raise AssertionError("an upload was removed from a job that needs it")
            return
        retention.remove_upload(self.session, self.storage, upload_id)
        self.uploads[upload_id] = UploadState.REMOVED
        self.states |= dict.fromkeys(users, JobState.FAILED)

    @rule()
    def claim(self) -> None:
        holder = str(uuid.uuid4())
        claim = queue.claim_next(
            self.session,
            worker_id=WORKER,
            holder=holder,
            needs=frozenset({"", SEVERAL, NO_INPUT}),
        )
        waiting = self.claimable()
        if claim is None:
            assert not waiting
            return
        assert claim.job_id in waiting
        assert claim.job_id == min(waiting, key=lambda job: (self.rank[job], job))
        assert list(claim.upload_ids) == (self.inputs[claim.job_id] or [claim.upload_ids[0]])
        self.states[claim.job_id] = JobState.RUNNING
        self.holder[claim.job_id] = claim.token
        self.claimed.append(claim)

    @precondition(lambda self: self.claimed)
    @rule(back=BACK, percent=st.integers(0, 99))
    def report(self, back: int, percent: int) -> None:
        claim = latest(self.claimed, back)
        tick = ProgressUpdate(Phase.TRANSCODING, percent, pid=4711, pid_started=1)

        assert claims.report(self.session, claim, tick) is self.is_held(claim)

    @precondition(lambda self: self.claimed)
    @rule(back=BACK, end=st.sampled_from(sorted(ENDS)))
    def finish(self, back: int, end: str) -> None:
        claim = latest(self.claimed, back)
        held = self.is_held(claim)
        if end == "complete":
            held = held and not self.waits_for_upload(claim.job_id)
            won = claims.complete(self.session, claim, Result(1, "ab", {}))
        else:
            won = claims.fail(
                self.session, claim, reason=FailureReason.UNKNOWN, message="m", details={}
            )

        assert won is held
        if won:
            self.states[claim.job_id] = ENDS[end]
            self.ends[claim.job_id] = self.ends.get(claim.job_id, 0) + 1

    @precondition(lambda self: self.claimed)
    @rule(back=BACK)
    def release(self, back: int) -> None:
        claim = latest(self.claimed, back)
        held = self.is_held(claim)

        assert claims.release(self.session, claim, message="m") is held
        if held:
            self.states[claim.job_id] = JobState.QUEUED

    @precondition(lambda self: self.states)
    @rule(back=BACK)
    def cancel(self, back: int) -> None:
        job_id = latest(list(self.states), back)
        before = self.states[job_id]
        if before in (JobState.COMPLETED, JobState.FAILED):
            with contextlib.suppress(JobFinished):
                store.request_cancel(self.session, job_id)
                raise AssertionError(f"a {before} job was canceled")
            return
        assert store.request_cancel(self.session, job_id).state is JobState.CANCELED
        self.states[job_id] = JobState.CANCELED

    @rule()
    def observe(self) -> None:
        self.seen += [hold for hold in rescues.holds(self.session) if hold.token]

    @precondition(lambda self: self.seen)
    @rule(back=BACK)
    def rescue(self, back: int) -> None:
        hold = latest(self.seen, back)
        row = store.find(self.session, hold.job_id)
        current = self.states[hold.job_id] is JobState.RUNNING and (
            self.holder[hold.job_id] == hold.token and row.heartbeats == hold.heartbeats
        )

        state = rescues.rescue(self.session, hold)

        assert (state is not None) is current
        if state is not None:
            self.losses[hold.job_id] += 1
            is_last = self.losses[hold.job_id] == rescues.MAX_LOSSES
            assert state is (JobState.FAILED if is_last else JobState.QUEUED)
            self.states[hold.job_id] = state

    @precondition(lambda self: self.claimable())
    @rule()
    def compare_positions(self) -> None:
        queued = self.claimable()
        rows = [store.find(self.session, job) for job in queued]
        positions = sorted(queries.queue_position(self.session, row) or 0 for row in rows)
        assert positions == list(range(1, len(queued) + 1))

    @invariant()
    def rows_agree(self) -> None:
        with database.reading(self.session):
            rows = self.session.execute(select(Job.id, Job.state, Job.losses)).all()
        states = list(self.states.values())
        assert {row.id: row.state for row in rows} == self.states
        assert {row.id: row.losses for row in rows} == self.losses
        assert totals.by_state(self.session) == {state: states.count(state) for state in JobState}
        assert all(count == 1 for count in self.ends.values())

    def teardown(self) -> None:
        if hasattr(self, "session"):
            assert is_sound(self.session)
            self.session.close()
            self.engine.dispose()
            self.template.drop(self.url)
            shutil.rmtree(self.root)

    def live(self) -> list[str]:
        return [job for job, state in self.states.items() if not state.is_final]

    def in_state(self, state: UploadState) -> list[str]:
        return [upload_id for upload_id, found in self.uploads.items() if found is state]

    def present(self) -> list[str]:
        """Return the uploads that are not removed."""
        return [each for each, state in self.uploads.items() if state is not UploadState.REMOVED]

    def waits_for_upload(self, job_id: str) -> bool:
        """Whether an input of the job still arrives."""
        return any(self.uploads.get(each) is UploadState.ARRIVING for each in self.inputs[job_id])

    def arrives_early(self, job_id: str) -> bool:
        """Whether a job may be claimed although its input arrives."""
        ready = any(self.early.get(each) for each in self.inputs[job_id])
        return ready and self.waits_for_upload(job_id) and job_id not in self.given_up

    def claimable(self) -> list[str]:
        """Return the queued jobs that wait for no upload."""
        arriving = set(self.in_state(UploadState.ARRIVING))
        return [
            job
            for job, state in self.states.items()
            if state is JobState.QUEUED and arriving.isdisjoint(self.inputs[job])
        ]

    def is_held(self, claim: Claim) -> bool:
        return (
            self.states[claim.job_id] is JobState.RUNNING
            and self.holder[claim.job_id] == claim.token
        )


def latest(items: Sequence[T], back: int) -> T:
    """Return the item `back` places before the last, or the first."""
    return items[max(len(items) - 1 - back, 0)]
