"""Directories of jobs on a worker's own disk are there as long as a live process needs them."""

import os
from pathlib import Path

import pytest

from ffremote.files.storage import Storage
from ffremote.host.locks import ProcessLock
from ffremote_worker.remote.scratch import Scratch

JOB, OTHER = "1" * 32, "2" * 32
FIRST, SECOND = "3" * 32, "4" * 32


@pytest.fixture
def own(tmp_path: Path) -> Storage:
    """The scratch of a worker."""
    made = Storage(tmp_path / "own")
    made.prepare()
    return made


def held(own: Storage, job_id: str, token: str) -> Scratch:
    """Hold a job as a slot does, and make its directory."""
    scratch = Scratch(own)
    scratch.hold(job_id, token)
    own.attempt_dir(job_id, token).mkdir(parents=True)
    return scratch


def test_the_directory_of_a_job_goes_with_its_claim(own: Storage) -> None:
    scratch = held(own, JOB, FIRST)

    scratch.let_go()
    scratch.let_go()

    assert (list(own.job_ids()), list(own.run.glob("*.claim"))) == ([], [])


def test_the_next_claim_of_a_slot_ends_the_last_one(own: Storage) -> None:
    scratch = held(own, JOB, FIRST)

    scratch.hold(OTHER, SECOND)

    assert list(own.job_ids()) == []
    assert [path.name for path in own.run.glob("*.claim")] == [f"{OTHER}.{SECOND}.claim"]


def test_a_job_that_another_slot_has_by_now_keeps_its_directory(own: Storage) -> None:
    first, second = held(own, JOB, FIRST), held(own, JOB, SECOND)

    first.let_go()
    between = list(own.job_ids())
    second.let_go()

    assert (between, list(own.job_ids())) == ([JOB], [])


def test_a_sweep_removes_what_dead_processes_left_and_nothing_else(own: Storage) -> None:
    alive = held(own, JOB, FIRST)
    own.attempt_dir(OTHER, SECOND).mkdir(parents=True)
    for name in (f"{OTHER}.{SECOND}.claim", f"{OTHER}.lock"):
        (own.run / name).touch()
    (own.cache / "inputs").mkdir()
    supervisor = ProcessLock(own.lock(FIRST))

    Scratch(own).sweep()

    assert list(own.job_ids()) == [JOB]
    left = {path.name for path in own.run.iterdir()}
    assert left == {f"{JOB}.{FIRST}.claim", f"{FIRST}.lock", ".claims"}
    assert (own.cache / "inputs").is_dir()
    supervisor.close()
    alive.let_go()


def test_what_is_no_id_is_no_part_of_a_path(own: Storage) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        Scratch(own).hold(f"..{os.sep}x", FIRST)
