"""A sweep of a depot elsewhere removes what no row names, and nothing that one may yet name."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.models import Job, Upload, UploadState
from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway, Entry
from ffremote.files.storage import Storage
from ffremote.host.file_system import remove_tree
from ffremote.jobs import kept_orphans
from tests.support.builders import claim_job, finish_job, queue_job, received_file, update_row
from tests.support.depot_elsewhere import DepotElsewhere, move_depot

AGO = timedelta(0)
HOUR = 3600


@pytest.fixture
def depot(storage: Storage, tmp_path: Path) -> DepotElsewhere:
    """The depot of `storage`, outside its directory."""
    return move_depot(storage, tmp_path / "elsewhere")


def put(storage: Storage, key: str) -> str:
    """Keep a file under a key."""
    path = storage.cache / "new"
    path.write_bytes(b"new")
    storage.depot.keep(path, key)
    return key


def listed(depot: DepotElsewhere) -> set[str]:
    """Return all keys."""
    return {each.key for root in keys.ROOTS for each in depot.listed(root)}


def test_results_claims_and_uploads_keep_their_files(
    session: Session, storage: Storage, depot: DepotElsewhere
) -> None:
    finish_job(session, storage, ago=AGO)
    queue_job(session, storage)
    claim = claim_job(session)
    put(storage, keys.result(claim.job_id, claim.token))
    before = listed(depot)

    swept = kept_orphans.sweep(session, storage)

    assert (swept, listed(depot), len(before)) == ([], before, 4)


def test_files_of_dead_attempts_and_of_jobs_without_a_row_are_removed(
    session: Session, storage: Storage, depot: DepotElsewhere
) -> None:
    done = finish_job(session, storage, ago=AGO)
    before = listed(depot)
    dead = put(storage, keys.result(done.id, "f" * 32))
    folder = keys.files_folder(done.id, "e" * 32)
    for position in range(2):
        put(storage, keys.file(folder, position))
    stray = put(storage, keys.result(str(uuid.uuid4()), "d" * 32))

    only_found = kept_orphans.sweep(session, storage, dry_run=True)
    swept = kept_orphans.sweep(session, storage)

    assert set(only_found) == set(swept) == {dead, folder, stray}
    assert listed(depot) == before


def test_a_result_that_came_after_its_removal_is_removed(
    session: Session, storage: Storage, depot: DepotElsewhere
) -> None:
    """A zombie may keep its file after the cleanup has removed all of them."""
    done = finish_job(session, storage, ago=AGO)
    update_row(session, Job, done.id, expired_at=utc_now(), files_removed_at=utc_now())

    swept = kept_orphans.sweep(session, storage)

    assert swept == [keys.result(done.id, done.result_token or "")]


def test_an_upload_without_a_row_is_removed_after_an_hour(
    session: Session, storage: Storage, depot: DepotElsewhere
) -> None:
    young, old, here = (received_file(storage).upload_id for _ in range(3))
    for upload_id in (young, old, here):
        storage.finish_upload(upload_id, sha256="cd")
    for upload_id in (young, old):
        remove_tree(storage.upload_dir(upload_id))
    for upload_id in (old, here):
        depot.age(keys.upload(upload_id), HOUR + 60)
    depot.age(keys.upload(young), HOUR - 60)

    swept = kept_orphans.sweep(session, storage)

    assert swept == [keys.upload(old)]


def test_the_file_of_a_removed_upload_is_removed(
    session: Session, storage: Storage, depot: DepotElsewhere
) -> None:
    job = queue_job(session, storage)
    update_row(session, Upload, job.upload_id, state=UploadState.REMOVED)
    remove_tree(storage.upload_dir(str(job.upload_id)))

    assert kept_orphans.sweep(session, storage) == [keys.upload(str(job.upload_id))]


def test_files_on_this_host_are_left_to_the_sweep_of_its_directory(
    session: Session, storage: Storage
) -> None:
    done = finish_job(session, storage, ago=AGO)
    put(storage, keys.result(done.id, "f" * 32))

    assert kept_orphans.sweep(session, storage) == []


def test_nothing_is_removed_if_most_files_have_no_row(
    session: Session, storage: Storage, depot: DepotElsewhere, caplog: pytest.LogCaptureFixture
) -> None:
    """An older copy of the database knows none of the jobs that came after it."""
    done = finish_job(session, storage, ago=AGO)
    for number in range(kept_orphans.FEW + 1):
        put(storage, keys.result(done.id, f"{number:032x}"))
    before = listed(depot)

    swept = kept_orphans.sweep(session, storage)

    assert (swept, listed(depot)) == ([], before)
    assert "Is this the database that belongs to it" in caplog.text


def test_a_listing_that_breaks_off_removes_nothing(
    session: Session, storage: Storage, depot: DepotElsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = finish_job(session, storage, ago=AGO)
    put(storage, keys.result(done.id, "f" * 32))
    whole = depot.listed

    def broken(under: str) -> Iterator[Entry]:
        yield from whole(under)
        raise DepotAway("The depot does not answer.")

    monkeypatch.setattr(depot, "listed", broken)

    assert kept_orphans.sweep(session, storage) == []
    assert len(list(whole("jobs"))) == 2


def test_a_file_that_cannot_be_removed_does_not_stop_the_others(
    session: Session, storage: Storage, depot: DepotElsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = finish_job(session, storage, ago=AGO)
    stuck, other = (put(storage, keys.result(done.id, letter * 32)) for letter in "ef")
    remove = depot.remove

    def refuse(key: str) -> None:
        if key == stuck:
            raise DepotAway("The depot does not answer.")
        remove(key)

    monkeypatch.setattr(depot, "remove", refuse)

    assert kept_orphans.sweep(session, storage) == [other]


def test_more_files_than_one_batch_are_swept(
    session: Session, storage: Storage, depot: DepotElsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_orphans, "BATCH", 2)
    done = finish_job(session, storage, ago=AGO)
    dead = {put(storage, keys.result(done.id, letter * 32)) for letter in "bcdef"}

    assert set(kept_orphans.sweep(session, storage)) == dead
