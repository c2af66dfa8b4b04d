"""How far the only input was read decides the percentage where FFmpeg's time does not."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg import Expected, PlannedOutput, Report
from ffremote.ffmpeg.model.expected import PartRead
from ffremote.ffmpeg.process.read_position import ReadPosition
from ffremote.ffmpeg.running import reading
from ffremote.ffmpeg.running.reading import Reading
from ffremote.states import Phase
from tests.support.job_directory import JobDirectory

LATE, WHOLE = PartRead(skips=True), PartRead()


def output(
    part: PartRead | None, duration: float | None = 60.0, size: int | None = 1000
) -> PlannedOutput:
    return PlannedOutput(
        "try1/out.mp4",
        Expected(duration, ("video",), part=part, input_bytes=size, reads_to_end=part == WHOLE),
    )


@pytest.fixture
def positions(monkeypatch: pytest.MonkeyPatch) -> list[ReadPosition | None]:
    """The positions that the kernel shows, one for each look."""
    shown: list[ReadPosition | None] = []
    monkeypatch.setattr(reading, "read_position", lambda _pid, _file: shown.pop(0))
    return shown


def test_an_index_at_the_end_of_the_file_is_no_progress(
    positions: list[ReadPosition | None],
) -> None:
    watch = Reading(Path("input"), [output(LATE)])
    positions += [ReadPosition(990, 40), ReadPosition(100, 140), ReadPosition(500, 540)]

    assert [watch.share(1, has_begun=False) for _ in range(3)] == [0.04, 0.1, 0.5]


def test_bytes_that_the_kernel_hides_leave_the_time_before_the_first_report_unknown(
    positions: list[ReadPosition | None],
) -> None:
    watch = Reading(Path("input"), [output(LATE)])
    positions += [ReadPosition(500, None), None, ReadPosition(600, None)]

    assert watch.share(1, has_begun=False) is None
    assert watch.share(1, has_begun=False) is None
    assert watch.share(1, has_begun=True) == 0.6


def test_an_input_that_is_closed_was_read_as_far_as_it_was_seen(
    positions: list[ReadPosition | None],
) -> None:
    watch = Reading(Path("input"), [output(WHOLE)])
    positions += [ReadPosition(900, 9000), None]

    assert [watch.share(1, has_begun=True) for _ in range(2)] == [0.9, 0.9]


@pytest.mark.parametrize(
    ("outputs", "part"),
    [
        ([output(WHOLE)], None),
        ([output(WHOLE), output(WHOLE, 59.0)], None),
        ([output(WHOLE), output(PartRead(0.0, 0.1), 6.0)], LATE),
        ([output(PartRead(0.0, 0.1), 6.0), output(PartRead(0.0, 0.4, skips=True), None)],
         PartRead(0.0, 0.4, skips=True)),
        ([output(LATE, None), output(None, None)], LATE),
        ([output(PartRead(0.0, 0.4, skips=True), None), output(None, None)], None),
        ([output(None)], None),
    ],
)  # fmt: skip
def test_outputs_of_different_parts_are_told_from_alike_ones(
    outputs: list[PlannedOutput], part: PartRead | None
) -> None:
    assert Reading(Path("input"), outputs).part == part


def test_an_input_of_unknown_size_is_not_watched(positions: list[ReadPosition | None]) -> None:
    assert Reading(Path("input"), [output(LATE, size=None)]).share(1, has_begun=True) is None
    assert positions == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks through Linux's /proc")
def test_outputs_that_begin_late_show_progress_from_the_beginning(
    open_job: Callable[..., JobDirectory], binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    film = tmp_path / "film.mkv"
    picture = "testsrc2=s=320x240:r=25:d=2"
    make = [binaries.ffmpeg, "-v", "error", "-f", "lavfi", "-i", picture, "-c:v", "ffv1", film]
    subprocess.run(make, check=True)
    slow = {"codec": "libx264", "preset": "ultrafast", "filters": ["nlmeans=r=7:p=3"]}
    late = {"video": slow, "extra_args": ["-ss", "1.6"]}
    seen: list[Report] = []

    open_job(film).run(
        outputs=[{"output_filename": name, **late} for name in ("a.mp4", "b.mkv")],
        on_progress=seen.append,
        tick_seconds=0.05,
    )

    running = [report for report in seen if report.phase is Phase.TRANSCODING]
    before = [report.percent for report in running if not report.out_seconds]
    percents = [report.percent for report in running]
    assert len({percent for percent in before if 0 < percent < 90}) >= 2, (
        percents
    )  # a busy machine reads in leaps
    assert percents == sorted(percents) and percents[-1] <= 99
