"""Real processes on one database: claims race, cancels race, and holders are killed."""

import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.clock import monotonic
from ffremote.errors import JobFinished
from ffremote.files.storage import Storage
from ffremote.jobs import rescues, store
from ffremote.jobs.queries import count_queued
from ffremote.states import JobState
from tests.support.claimers import claimer_pool, completions, lost_holds, queue_many, states
from tests.support.databases import is_sound
from tests.support.waiting import wait_for

DEADLINE = 60.0
STARTS = (10, 20, 30)  # the cancels at which another claimer starts
MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A directory in memory if possible: a kill is as hard there, and no test waits for a disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as path:
        yield Path(path)


def test_four_processes_drain_the_queue_and_no_job_runs_twice(
    session: Session, storage: Storage, child_environ: dict[str, str]
) -> None:
    jobs = queue_many(session, 300)

    with claimer_pool(child_environ) as claimers:
        for _ in range(4):
            claimers.start()
        failed = claimers.wait()

    assert failed == 0
    assert sorted(completions(session)) == sorted(jobs)
    assert {store.find(session, job).attempt for job in jobs} == {1}


@pytest.mark.slow
@pytest.mark.long
def test_a_job_whose_cancel_was_accepted_never_completes(
    session: Session, storage: Storage, child_environ: dict[str, str]
) -> None:
    jobs = queue_many(session, 300)
    accepted = set()

    with claimer_pool(child_environ) as claimers:
        for place, job in enumerate(near_claim_order(jobs)):
            if place in STARTS:
                claimers.start()
            try:
                store.request_cancel(session, job)
                accepted.add(job)
            except JobFinished:
                continue
        failed = claimers.wait()

    final = states(session)
    completed = set(completions(session))
    assert failed == 0
    assert accepted.isdisjoint(completed)
    assert {job for job in jobs if final[job] is JobState.CANCELED} == accepted
    assert completed == set(jobs) - accepted
    assert accepted


@pytest.mark.slow
@pytest.mark.long
def test_a_storm_of_kills_loses_no_job_and_completes_none_twice(
    session: Session, storage: Storage, child_environ: dict[str, str]
) -> None:
    jobs = queue_many(session, 300)
    draw = random.Random(4)
    kills = 0
    deadline = monotonic() + DEADLINE

    with claimer_pool(child_environ) as claimers:
        living = [claimers.start() for _ in range(4)]
        while not all(state.is_final for state in states(session).values()):
            assert monotonic() < deadline, Counter(states(session).values())
            victim = draw.randrange(4)
            os.kill(living[victim], signal.SIGKILL)
            kills += 1
            for hold in lost_holds(session, storage):
                rescues.rescue(session, hold)
            before = len(completions(session))
            living[victim] = claimers.start()
            wait_for(
                lambda done=before: len(completions(session)) > done or not count_queued(session)
            )
        failed = claimers.wait()

    totals = Counter(states(session).values())
    completed = completions(session)
    assert failed == 0
    assert kills > 2  # a fast machine drains the queue between two kills
    assert len(completed) == len(set(completed)) == totals[JobState.COMPLETED]
    # Three losses of one job are rare here; they end it as failed, as documented.
    assert totals[JobState.COMPLETED] + totals[JobState.FAILED] == len(jobs)
    assert is_sound(session)


def near_claim_order(jobs: list[str]) -> list[str]:
    """Return the jobs roughly in the order in which they are claimed."""
    draw = random.Random(4)
    order = sorted(range(len(jobs)), key=lambda place: place + draw.uniform(-40, 40))
    return [jobs[place] for place in order]
