"""Concurrent requests for the last place in the queue or the last free space: one is accepted."""

from contextlib import ExitStack
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.files.storage import Storage
from ffremote.jobs import admission, queries, submission
from ffremote.jobs.kept.reservations import SpaceReservations
from tests.support.builders import queue_job
from tests.support.races import CROWD, race

UPLOAD_BYTES = 1 << 30


def open_upload(
    session: Session, storage: Storage, settings: Settings, reservations: SpaceReservations
) -> None:
    submission.create_upload(
        session,
        storage,
        settings,
        submission.NewUpload(UPLOAD_BYTES),
        None,
        admit=lambda within: admission.admit(
            within, storage, settings, expected_bytes=UPLOAD_BYTES, reservations=reservations
        ),
    )


@pytest.mark.parametrize("waiting", [0, 3])
def test_the_last_place_in_the_queue_goes_to_one(
    engine: Engine, session: Session, settings: Settings, storage: Storage, waiting: int
) -> None:
    for _ in range(waiting):
        queue_job(session, storage, settings=settings)
    tight = settings.model_copy(update={"max_queued": waiting + 1})

    results = race(engine, partial(queue_job, storage=storage, settings=tight))

    assert results == {"accepted": 1, "QUEUE_FULL": CROWD - 1}
    assert queries.count_queued(session) == waiting + 1
    assert len(list(storage.upload_ids())) == waiting + 1  # the files of the others are gone


@pytest.fixture
def tight_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with free space for one upload and its result."""
    monkeypatch.setattr(Storage, "free_bytes", lambda _: 3 * UPLOAD_BYTES - 1)


@pytest.mark.usefixtures("tight_disk")
def test_the_last_space_goes_to_one_upload(
    engine: Engine, settings: Settings, storage: Storage
) -> None:
    reservations = SpaceReservations()

    results = race(
        engine,
        partial(open_upload, storage=storage, settings=settings, reservations=reservations),
    )

    assert results == {"accepted": 1, "INSUFFICIENT_STORAGE": CROWD - 1}


@pytest.mark.usefixtures("tight_disk")
def test_the_last_space_goes_to_one_form_or_upload(
    engine: Engine, settings: Settings, storage: Storage
) -> None:
    reservations = SpaceReservations()
    turns = iter(range(CROWD))

    with ExitStack() as open_forms:

        def send(session: Session) -> None:
            if next(turns) % 2:
                open_upload(session, storage, settings, reservations)
            else:  # a form whose body is still received while the others try
                form = admission.reserve(
                    session,
                    storage,
                    settings,
                    expected_bytes=UPLOAD_BYTES,
                    reservations=reservations,
                )
                open_forms.enter_context(form)

        results = race(engine, send)

    assert results == {"accepted": 1, "INSUFFICIENT_STORAGE": CROWD - 1}
    assert reservations.promised.total == 0
