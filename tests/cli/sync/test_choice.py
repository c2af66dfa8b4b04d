"""What is done with each file of a watched folder, and what an error means for it."""

import errno
from dataclasses import replace
from pathlib import PurePath

import pytest

from ffremote_cli.errors import (
    ClientError,
    JobCanceled,
    JobFailed,
    LocalFileProblem,
    Misdirected,
    Refused,
    Unreachable,
)
from ffremote_cli.sync.choice import Chooser
from ffremote_cli.sync.journal import DONE, FAILED, SENT, WAITING, Entry, JournalProblem
from ffremote_cli.sync.outcomes import Unsettled, ends_sync, is_passing
from ffremote_cli.sync.scan import Version

OLD, NEW = Version(1, 1), Version(2, 2)
ENTRY = Entry("a.mov", 1, 1, DONE, "a.mp4", options="x")


def chooser(*, deletes: bool = False, retries: set[str] | None = None) -> Chooser:
    return Chooser(
        lambda source: PurePath(source).with_suffix(".mp4").as_posix(),
        "x",
        deletes,
        retries or set(),
    )


def chosen(using: Chooser, version: Version, entry: Entry | None) -> list[bool]:
    tasks, collisions = using.choose({"a.mov": version}, {"a.mov": entry} if entry else {})
    assert collisions == []
    return [task.is_done for task in tasks]


@pytest.mark.parametrize(
    ("version", "entry", "tasks"),
    [
        (OLD, None, [False]),
        (OLD, ENTRY, []),
        (NEW, ENTRY, [False]),
        (OLD, replace(ENTRY, options="y"), []),
        (OLD, replace(ENTRY, state=SENT), [False]),
        (OLD, replace(ENTRY, state=WAITING), [False]),
        (OLD, replace(ENTRY, state=FAILED), []),
        (NEW, replace(ENTRY, state=FAILED), [False]),
        (OLD, replace(ENTRY, state=FAILED, options="y"), [False]),
    ],
)
def test_new_changed_and_unfinished_files_are_converted(
    version: Version, entry: Entry | None, tasks: list[bool]
) -> None:
    assert chosen(chooser(), version, entry) == tasks


def test_a_failure_is_tried_again_when_that_is_asked_for() -> None:
    assert chosen(chooser(retries={"a.mov"}), OLD, replace(ENTRY, state=FAILED)) == [False]


def test_the_source_of_a_result_is_left_to_be_deleted() -> None:
    assert chosen(chooser(deletes=True), OLD, ENTRY) == [True]
    assert chosen(chooser(deletes=True), NEW, ENTRY) == [False]


def test_two_files_with_one_result_collide_also_in_other_letters() -> None:
    files = {"a.mkv": OLD, "A.mov": OLD, "b.mov": OLD}

    tasks, collisions = chooser().choose(files, {})

    assert [task.source for task in tasks] == ["a.mkv", "b.mov"]
    assert [(each.task.source, each.other) for each in collisions] == [("A.mov", "a.mkv")]


def test_a_result_stays_that_of_its_file() -> None:
    tasks, collisions = chooser().choose({"a.avi": OLD}, {"a.mov": ENTRY})

    assert tasks == []
    assert [each.other for each in collisions] == ["a.mov"]


def full(error: ClientError) -> ClientError:
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    return error


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("away"),
        Unsettled("changed"),
        Refused("full", code="INSUFFICIENT_STORAGE", status=507),
        Refused("many", code="QUEUE_FULL", status=429),
        JobFailed("full", job_id="j", details={"reason": "disk_full"}),
        full(LocalFileProblem("no space")),
        full(JournalProblem("no space")),
    ],
)
def test_what_passes_makes_a_file_wait(error: ClientError) -> None:
    assert is_passing(error)
    assert not ends_sync(error)


@pytest.mark.parametrize(
    "error",
    [
        Misdirected("certificate"),
        Refused("token", code="UNAUTHORIZED", status=401),
        JournalProblem("read-only"),
    ],
)
def test_what_concerns_every_file_ends_the_sync(error: ClientError) -> None:
    assert ends_sync(error)


@pytest.mark.parametrize(
    "error",
    [
        JobFailed("damaged", job_id="j", details={"reason": "corrupt_input"}),
        JobCanceled("j"),
        LocalFileProblem("no permission"),
        Refused("no media", code="UNSUPPORTED_MEDIA_TYPE", status=415),
    ],
)
def test_what_concerns_one_file_is_its_failure(error: ClientError) -> None:
    assert not is_passing(error)
    assert not ends_sync(error)
