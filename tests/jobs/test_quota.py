"""The quota: what counts, what is refused, and what a bucket changes."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ffremote.api.ingest.parts.sender import MAX_BEHIND
from ffremote.config import Settings
from ffremote.db.models import Upload
from ffremote.depot.s3.depot import S3Depot
from ffremote.errors import InsufficientStorage
from ffremote.files.storage import Storage
from ffremote.jobs import admission, retention
from ffremote.jobs.kept import quota, usage
from ffremote.jobs.kept.reservations import SpaceReservations
from ffremote.s3_address import parse
from tests.support.builders import (
    CONTENT,
    arriving_upload,
    finish_job,
    queue_job,
    update_row,
)
from tests.support.depot_elsewhere import move_depot

RESULT_BYTES = 6
SPOOLED = 5 * 16 << 20


def admit(session: Session, storage: Storage, settings: Settings, size: int) -> None:
    """Ask for an upload of `size` bytes and its result."""
    admission.admit(
        session, storage, settings, expected_bytes=size, reservations=SpaceReservations()
    )


def test_uploads_and_results_count_until_they_are_removed(
    session: Session, storage: Storage
) -> None:
    finish_job(session, storage, ago=timedelta(days=2))
    arriving = arriving_upload(session, storage, size=100)
    update_row(session, Upload, arriving, bytes_received=40)
    stored = usage.stored_bytes(session)

    retention.expire_jobs(session, storage, ttl=timedelta(days=1))

    assert stored == len(CONTENT) + RESULT_BYTES + 40
    assert usage.stored_bytes(session) == len(CONTENT) + 40


def test_what_exceeds_the_quota_with_all_that_was_promised_is_refused_with_the_numbers(
    session: Session, storage: Storage, settings: Settings
) -> None:
    queue_job(session, storage)  # its result will be as large as its input
    arriving_upload(session, storage, size=100)
    promised = len(CONTENT) + 100
    limit = len(CONTENT) + promised + 2 * 50
    tight = settings.model_copy(update={"max_stored_bytes": limit, "client_share": 1})

    admit(session, storage, tight, 50)
    with pytest.raises(InsufficientStorage) as refused:
        admit(session, storage, tight, 51)

    assert refused.value.details == {
        "max_stored_bytes": limit,
        "stored_bytes": len(CONTENT),
        "promised_bytes": promised,
        "wanted_bytes": 102,
    }
    assert f"{limit} bytes" in refused.value.message


def test_a_client_may_announce_its_share_of_what_the_quota_leaves(
    session: Session, storage: Storage, settings: Settings
) -> None:
    tight = settings.model_copy(update={"max_stored_bytes": 1000})

    admission.require_client_share(session, storage, tight, client="c", wanted=500)
    with pytest.raises(InsufficientStorage):
        admission.require_client_share(session, storage, tight, client="c", wanted=501)


def test_with_a_bucket_the_disk_needs_space_for_uploads_on_their_way_only(
    session: Session,
    storage: Storage,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Storage, "free_bytes", lambda _: settings.min_free_bytes + 150)
    arriving_upload(session, storage, size=50)

    with pytest.raises(InsufficientStorage):
        admit(session, storage, settings, 100)
    move_depot(storage, tmp_path / "elsewhere").is_on_this_disk = False
    admit(session, storage, settings, 100)
    with pytest.raises(InsufficientStorage):
        admit(session, storage, settings, 101)


def test_an_upload_that_goes_on_in_parts_takes_a_few_parts_of_the_disk(
    session: Session, storage: Storage, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Storage, "free_bytes", lambda _: 2 * SPOOLED)
    storage.depot = S3Depot(parse("s3://films"))
    large = 20 << 30

    admit(session, storage, settings, large)
    arriving_upload(session, storage, size=large)
    admit(session, storage, settings, large)
    arriving_upload(session, storage, size=1)
    with pytest.raises(InsufficientStorage):
        admit(session, storage, settings, large)
    assert admission.SPOOLED_PARTS == MAX_BEHIND + 1


def test_a_form_reserves_what_it_and_its_result_will_take(
    session: Session, storage: Storage, settings: Settings
) -> None:
    reservations = SpaceReservations()
    tight = settings.model_copy(update={"max_stored_bytes": 4 * 100 - 1})
    with (
        admission.reserve(session, storage, tight, expected_bytes=100, reservations=reservations),
        pytest.raises(InsufficientStorage),
    ):
        admission.admit(session, storage, tight, expected_bytes=100, reservations=reservations)


def test_a_result_that_is_larger_than_its_input_may_exceed_the_quota(
    session: Session, storage: Storage, settings: Settings
) -> None:
    small = settings.model_copy(update={"max_stored_bytes": 10})
    finish_job(session, storage, ago=timedelta(0))

    used = quota.current(session, small)

    assert used is not None
    assert (used.free_bytes, used.used_percent) == (0, 110.0)
