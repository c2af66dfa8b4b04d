"""A stalled job is ended; one that reads, writes or waits for the disk is not."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote import clock, ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg import Expected, Pass, Plan, PlannedOutput
from ffremote.ffmpeg.process import stall
from ffremote.ffmpeg.process.progress import ProgressBlock
from ffremote.ffmpeg.process.stall import StallDetector
from ffremote.host import processes
from ffremote.states import FailureReason

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks through Linux's /proc")

LIMITS = ffmpeg.Limits(stall_seconds=50, progress_seconds=200)
READER = "import sys; f = open(sys.argv[1], 'rb', 0)\nfor _ in sys.stdin: f.read(1); print(flush=1)"
SPINNER = "print(flush=True)\nwhile True: pass"


class Time:
    """A clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(clock, "monotonic", lambda: self.now)


class Child:
    """A process that reads byte by byte, or spins, without reporting progress."""

    def __init__(self, code: str, source: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(source)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.pid = self.process.pid

    def step(self) -> None:
        """Let the reader read one byte; wait until it was read."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        self.process.stdout.readline()

    def work(self) -> None:
        """Wait until the process has used more processor time."""
        before, deadline = stall.cpu_ticks(self.pid), time.monotonic() + 30
        assert before is not None
        while (stall.cpu_ticks(self.pid) or 0) < before + 4 and time.monotonic() < deadline:
            os.sched_yield()


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Callable[[str], Child]]:
    """Starts children, and ends them after the test."""
    source = tmp_path / "film"
    source.write_bytes(bytes(4096))
    made: list[Child] = []

    def start(code: str) -> Child:
        made.append(Child(code, source))
        return made[-1]

    yield start
    for each in made:
        each.process.kill()
        each.process.communicate()


def check_stall(
    detector: StallDetector, pid: int, at: Time, *, times: int, block: ProgressBlock | None = None
) -> FailureReason | None:
    """Check every 20 seconds; return the error of a stall, if there is one."""
    for _ in range(times):
        at.now += 20
        try:
            detector.check(pid, block or ProgressBlock(frame=1), LIMITS)
        except ffmpeg.TranscodeError as exc:
            return exc.failure.reason
    return None


def test_a_process_without_work_and_progress_stalls(
    monkeypatch: pytest.MonkeyPatch, child: Callable[[str], Child]
) -> None:
    at, reader = Time(monkeypatch), child(READER)
    reader.step()

    assert check_stall(StallDetector(), reader.pid, at, times=9) is FailureReason.STALLED


def test_a_process_that_only_spins_reaches_the_work_limit(
    monkeypatch: pytest.MonkeyPatch, child: Callable[[str], Child]
) -> None:
    at, spinner, detector = Time(monkeypatch), child(SPINNER), StallDetector()

    met = None
    for _ in range(12):
        spinner.work()
        met = met or check_stall(detector, spinner.pid, at, times=1)

    assert met is FailureReason.WORK_LIMIT


def test_zero_disables_the_work_limit(
    monkeypatch: pytest.MonkeyPatch, child: Callable[[str], Child]
) -> None:
    at, spinner, detector = Time(monkeypatch), child(SPINNER), StallDetector()

    for _ in range(12):
        spinner.work()
        at.now += 20
        detector.check(spinner.pid, ProgressBlock(), replace(LIMITS, progress_seconds=0))


def test_reading_is_progress_whatever_the_process_prints(
    monkeypatch: pytest.MonkeyPatch, child: Callable[[str], Child]
) -> None:
    at, reader, detector = Time(monkeypatch), child(READER), StallDetector()

    for _ in range(30):
        reader.step()

        assert check_stall(detector, reader.pid, at, times=1) is None


def test_frames_are_progress_and_a_falling_speed_is_not(
    monkeypatch: pytest.MonkeyPatch, child: Callable[[str], Child]
) -> None:
    at, reader, detector = Time(monkeypatch), child(READER), StallDetector()
    reader.step()

    for frame in range(20):
        assert (
            check_stall(detector, reader.pid, at, times=1, block=ProgressBlock(frame=frame)) is None
        )

    reasons = [
        check_stall(
            detector,
            reader.pid,
            at,
            times=1,
            block=ProgressBlock(frame=19, fps=9.0 / n, speed=1 / n),
        )
        for n in range(1, 6)
    ]
    assert FailureReason.STALLED in reasons


def test_waiting_for_the_disk_is_not_counted_as_work(
    monkeypatch: pytest.MonkeyPatch, child: Callable[[str], Child]
) -> None:
    at, spinner, detector = Time(monkeypatch), child(SPINNER), StallDetector()
    monkeypatch.setattr(stall, "waits_for_disk", lambda pid: True)

    for _ in range(12):
        spinner.work()

        assert check_stall(detector, spinner.pid, at, times=1) is None


@pytest.mark.slow
def test_a_filter_without_end_is_stopped_by_the_work_limit(
    binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    (tmp_path / "try1").mkdir()
    endless = ("-f", "lavfi", "-i", "testsrc2=s=320x240:d=1", "-vf", "boxblur=2:1000000000")
    argv = ("-v", "level+info", "-nostdin", *endless, "-f", "null", "-")
    plan = Plan(
        (Pass(argv, outputs=(0,)),), (PlannedOutput("try1/out.mkv", Expected(None, ("video",))),)
    )
    runtime = ffmpeg.make_runtime(
        Settings(ffmpeg=str(binaries.ffmpeg), ffprobe=str(binaries.ffprobe), progress_seconds=1)
    )
    pids = set()

    def on_progress(report: ffmpeg.Report) -> None:
        pids.add(report.pid)

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        log = io.BytesIO()
        ffmpeg.run(runtime, plan, cwd=tmp_path, log=log, on_progress=on_progress, tick_seconds=0.1)

    assert caught.value.failure.reason is FailureReason.WORK_LIMIT
    assert [pid for pid in pids if pid and processes.started_at(pid) is not None] == []
