"""The bar of a batch: counts of what its inputs do, and the time that is left."""

import pytest

from ffremote_cli.client.models import Status
from ffremote_cli.ui.batch_total import BatchItem, batch_text, seconds_left
from ffremote_cli.ui.progress_bars import ProgressDisplay
from ffremote_cli.workflow.progress_view import KeptOpen


def status(state: str, percent: int = 0) -> Status:
    return Status.from_json({"job_id": "x", "state": state, "progress_percent": percent})


def item(step: str, done: float, size: int | None = None) -> BatchItem:
    return BatchItem(step, done, size)


@pytest.mark.parametrize(
    ("items", "elapsed", "left"),
    [
        ([item("running", 0.5)], 10.0, 30.0),
        ([item("done", 1, 300), item("waiting", 0, 100)], 30.0, 10.0),
        ([item("done", 1, 100), item("waiting", 0)], 30.0, 30.0),
        ([item("done", 1), item("done", 1)], 30.0, None),
        ([item("running", 0.5)], 1.0, None),
        ([item("uploading", 0.001)], 100.0, None),
        ([], 10.0, None),
    ],
)
def test_the_time_left_follows_the_pace_so_far(
    items: list[BatchItem], elapsed: float, left: float | None
) -> None:
    assert seconds_left(items, 2, elapsed) == left


def test_the_text_counts_each_step_with_the_running_ones_first() -> None:
    items = [item("queued", 0.2), item("running", 0.5), item("done", 1), item("running", 0.7)]

    assert batch_text(items, 4, 24.0) == "2 running, 1 queued, ETA 00:16"


def test_a_job_advances_and_never_falls_back() -> None:
    job = BatchItem()
    seen = []
    for step in (
        lambda: job.uploaded(50, 100),
        lambda: job.uploaded(100, 100),
        lambda: job.encoded(50),
        lambda: job.encoded(0),
        lambda: job.downloaded(5, 10),
    ):
        step()
        seen.append(round(job.done, 3))

    assert seen == [0.05, 0.1, 0.5, 0.5, 0.95]


def test_an_input_that_the_server_has_counts_by_its_encode() -> None:
    job = BatchItem()

    job.uploaded(100, 100)
    job.encoded(50)

    assert (job.has_upload, job.done) == (False, 0.45)


def test_a_queued_job_of_a_batch_makes_room_for_running_ones(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with ProgressDisplay(quiet=False, count=2, always=True) as display:
        first, second = display.view("first.mp4"), display.view("second.mp4")
        first.sent(10, 100)
        first.status(status("queued"))
        capfd.readouterr()
        second.sent(10, 100)
        second.status(status("running", 40))
        drawn = capfd.readouterr().err
        second.close()
        first.close()

    assert "second.mp4" in drawn
    assert "first.mp4" not in drawn
    assert "files 2/2" in capfd.readouterr().err


def test_an_input_that_takes_several_jobs_counts_once_and_shows_the_newest_job() -> None:
    with ProgressDisplay(quiet=True, count=2) as display:
        assert display.total is not None
        view = display.view("large.mkv")
        for job_id in ("11111111-a", "22222222-b", "33333333-c"):
            turn = KeptOpen(view)
            turn.accepted(job_id)
            turn.sent(10, 100)
            turn.status(status("completed", 100))
            turn.close()
            assert len(display.total._items) == 1
            assert batch_text(display.total._items, 2, 0.0) == "1 running"
        view.close()

        assert batch_text(display.total._items, 2, 0.0) == ""
        assert view._label("") == "large.mkv          33333333         "
