"""Lists of jobs by name and date: what they find, and that no page looks at all jobs."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ffremote.clock import utc_now
from ffremote.db.models import Job, Upload
from ffremote.files.storage import Storage
from ffremote.jobs import store
from ffremote.jobs.lists import pages
from ffremote.jobs.lists.filters import Cursor, Filter, Label
from ffremote.states import JobState
from tests.support.both_databases import database_url, template
from tests.support.builders import queue_job, update_row

__all__ = ["database_url", "template"]


def found(session: Session, wanted: Filter, limit: int = 50) -> list[str]:
    """Return the output names of all pages."""
    names: list[str] = []
    after: Cursor | None = None
    while True:
        page = pages.newest(session, wanted, limit=limit, after=after)
        assert len(page.items) <= limit
        names += [job.output_filename for job in page.items]
        after = page.next
        if after is None:
            return names


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("HOLI", ["b-Holiday.mp4", "a-holiday.mp4"]),
        ("film", ["100%_é.mkv", "b-Holiday.mp4", "a-holiday.mp4"]),
        ("%", ["100%_é.mkv"]),
        ("_é", ["100%_é.mkv"]),
        ("'; DROP TABLE jobs; --", []),
        ("\\", []),
    ],
)
def test_a_part_of_a_name_finds_output_and_input_without_patterns(
    session: Session, storage: Storage, name: str, names: list[str]
) -> None:
    for output in ("a-holiday.mp4", "b-Holiday.mp4", "100%_é.mkv"):
        queue_job(session, storage, output_filename=output)
    other = queue_job(session, storage, output_filename="other.mp4")
    update_row(session, Upload, str(other.upload_id), filename="x.mov")

    assert found(session, Filter(name=name)) == names
    assert found(session, Filter(name=name), limit=1) == names


def test_a_page_looks_at_a_bounded_number_of_jobs_and_says_where_to_go_on(
    session: Session, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for output in ("needle.mp4", "1.mp4", "2.mp4", "3.mp4"):
        queue_job(session, storage, output_filename=output)
    monkeypatch.setattr(pages, "SCANNED", 2)

    first = pages.newest(session, Filter(name="needle"))

    assert (first.items, first.total) == ([], None)
    assert first.next is not None
    assert found(session, Filter(name="needle")) == ["needle.mp4"]
    states = (JobState.QUEUED, JobState.FAILED)
    assert found(session, Filter(states, name="needle")) == ["needle.mp4"]


def test_names_labels_states_and_dates_narrow_a_list_together(
    session: Session, storage: Storage
) -> None:
    day, now = timedelta(days=1), utc_now()
    for age in range(4):
        job = queue_job(session, storage, output_filename=f"{age}.mp4", labels=(("film", "42"),))
        update_row(session, Job, job.id, created_at=now - age * day)
    store.request_cancel(session, job.id)
    queue_job(session, storage, output_filename="other.mp4")
    film = Label("film", "42")
    span = {"created_after": now - 2 * day, "created_before": now - day / 2}

    assert found(session, Filter(**span)) == ["1.mp4", "2.mp4"]  # type: ignore[arg-type]
    assert pages.newest(session, Filter(**span), limit=1).total == 2  # type: ignore[arg-type]
    assert found(session, Filter(label=film, name="mp4"), 2) == ["0.mp4", "1.mp4", "2.mp4", "3.mp4"]
    assert found(session, Filter((JobState.QUEUED,), film, created_before=now)) == [
        "1.mp4",
        "2.mp4",
    ]
    assert found(session, Filter((JobState.CANCELED,), name="3")) == ["3.mp4"]
