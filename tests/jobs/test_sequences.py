"""Jobs with pictures: the disk keeps space for the copies, and older workers leave them alone."""

import pytest
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.errors import InsufficientStorage
from ffremote.files.storage import Storage
from ffremote.jobs import admission, queue
from ffremote.jobs.kept import usage
from ffremote.jobs.kept.reservations import SpaceReservations
from tests.support.builders import CONTENT, queue_job


def test_the_pictures_of_a_queued_job_are_promised_beside_its_result(
    session: Session, storage: Storage
) -> None:
    queue_job(session, storage)
    plain = usage.promised_bytes(session).total

    queue_job(session, storage, sequences=(0,))

    assert plain == len(CONTENT)
    assert usage.promised_bytes(session).total == 3 * len(CONTENT)


def test_a_worker_of_an_earlier_version_does_not_claim_pictures(
    session: Session, storage: Storage
) -> None:
    queue_job(session, storage, sequences=(0,))

    assert queue.claimable_needs(session) == {"sequence"}


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> int:
    """The free bytes of the data directory, whatever else writes to its disk."""
    size = 1 << 40
    monkeypatch.setattr(Storage, "free_bytes", lambda _storage: size)
    return size


def test_an_upload_of_pictures_needs_space_for_them_twice(
    session: Session, storage: Storage, settings: Settings, free: int
) -> None:
    size = settings.max_upload_bytes
    wanted = 2 * size
    reserve = free - wanted - size // 2
    tight = settings.model_copy(update={"min_free_bytes": reserve})

    def admit(unpacked: int) -> None:
        admission.admit(
            session,
            storage,
            tight,
            expected_bytes=size,
            unpacked_bytes=unpacked,
            reservations=SpaceReservations(),
        )

    admit(0)
    with pytest.raises(InsufficientStorage):
        admit(size)


def test_a_form_with_pictures_is_refused_where_only_its_result_would_fit(
    session: Session, storage: Storage, settings: Settings, free: int
) -> None:
    reservations = SpaceReservations()
    tight = settings.model_copy(update={"min_free_bytes": free - 250})

    with reservations.reserve(100):
        admission.require_form_space(
            session, storage, tight, unpacked_bytes=0, reservations=reservations
        )
        with pytest.raises(InsufficientStorage):
            admission.require_form_space(
                session,
                storage,
                tight.model_copy(update={"min_free_bytes": free - 150}),
                unpacked_bytes=100,
                reservations=reservations,
            )
