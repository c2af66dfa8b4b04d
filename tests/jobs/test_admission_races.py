"""Many who come at once for the last place or the last room: exactly one gets it."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ffremote.config import Settings
from ffremote.db import database
from ffremote.errors import InsufficientStorage, QueueFull
from ffremote.files.storage import Storage
from ffremote.jobs import admission, queries, submission
from ffremote.jobs.admission import SpaceReservations

CROWD = 8
FILM = 1 << 30
ORDER = submission.JobRequest(spec="{}", output_filename="a.mp4")

Try = Callable[[Session], Any]


def submit(session: Session, storage: Storage, settings: Settings) -> None:
    upload_id, partial_path = submission.new_upload(storage)
    partial_path.write_bytes(b"\0")
    arrival = submission.ReceivedFile(upload_id, None, 1, "ab")
    submission.accept_file(session, storage, settings, ORDER, arrival)


def announce(
    session: Session, storage: Storage, settings: Settings, arrivals: SpaceReservations
) -> None:
    submission.open_upload(
        session,
        storage,
        settings,
        submission.NewUpload(FILM),
        None,
        admit=lambda within: admission.admit(
            within, storage, settings, expected_bytes=FILM, arrivals=arrivals
        ),
    )


def crowd(engine: Engine, deed: Try) -> Counter[str]:
    """Let many try at one instant; return how each of them fared."""
    fared: list[str] = []
    start = threading.Barrier(CROWD)

    def come() -> None:
        with database.session_maker(engine)() as session:
            start.wait()
            try:
                deed(session)
                fared.append("taken in")
            except (QueueFull, InsufficientStorage) as exc:
                fared.append(exc.code)

    threads = [threading.Thread(target=come) for _ in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(fared)


@pytest.mark.parametrize("waiting", [0, 3])
def test_the_last_place_in_the_queue_goes_to_one(
    engine: Engine, session: Session, settings: Settings, storage: Storage, waiting: int
) -> None:
    for _ in range(waiting):
        submit(session, storage, settings)
    tight = settings.model_copy(update={"max_queued": waiting + 1})

    fared = crowd(engine, partial(submit, storage=storage, settings=tight))

    assert fared == {"taken in": 1, "QUEUE_FULL": CROWD - 1}
    assert queries.count_queued(session) == waiting + 1
    assert len(list(storage.upload_ids())) == waiting + 1  # the files of the others are gone


@pytest.fixture
def tight_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave room for one film and its result, whatever else happens on this disk."""
    monkeypatch.setattr(Storage, "free_bytes", lambda _: 3 * FILM - 1)


@pytest.mark.usefixtures("tight_disk")
def test_the_last_room_goes_to_one_upload(
    engine: Engine, settings: Settings, storage: Storage
) -> None:
    arrivals = SpaceReservations()
    deed = partial(announce, storage=storage, settings=settings, arrivals=arrivals)

    fared = crowd(engine, deed)

    assert fared == {"taken in": 1, "INSUFFICIENT_STORAGE": CROWD - 1}


@pytest.mark.usefixtures("tight_disk")
def test_the_last_room_goes_to_one_form_or_upload(
    engine: Engine, settings: Settings, storage: Storage
) -> None:
    arrivals = SpaceReservations()
    turns = iter(range(CROWD))

    with ExitStack() as arriving:

        def send(session: Session) -> None:
            if next(turns) % 2:
                announce(session, storage, settings, arrivals)
            else:  # a form, which still arrives while the others try
                form = admission.reserve(
                    session, storage, settings, expected_bytes=FILM, arrivals=arrivals
                )
                arriving.enter_context(form)

        fared = crowd(engine, send)

    assert fared == {"taken in": 1, "INSUFFICIENT_STORAGE": CROWD - 1}
    assert arrivals.promised_bytes == 0
