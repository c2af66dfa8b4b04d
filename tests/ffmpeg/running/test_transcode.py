"""Running FFmpeg for real: progress, stopping, failing, verifying."""

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg import Report
from ffremote.ffmpeg.runtime import Runtime
from ffremote.states import FailureReason, Phase
from tests.support.job_directory import JobDirectory


@pytest.fixture
def directory(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, tmp_path: Path, clip: Path
) -> JobDirectory:
    """A job's directory with the clip as its input."""
    return JobDirectory(runtime, capabilities, tmp_path / "job", clip)


@pytest.fixture
def full_disk(directory: JobDirectory) -> Iterator[None]:
    """A file system without free space at the place of the first attempt."""
    attempt = directory.path / "try1"
    attempt.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(attempt)]
    if os.geteuid() != 0 or subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount the small file system that this fills")
    (attempt / "filler").write_bytes(bytes(64 << 10))
    yield
    subprocess.run(["umount", "--lazy", attempt], check=True)


class StopRun(Exception):
    """Raised by a progress callback to end a run."""


class Reports:
    """A progress callback that collects reports; raises StopRun at transcoding report number
    `stop_after`."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.reports: list[Report] = []
        self.stop_after = stop_after

    def __call__(self, report: Report) -> None:
        self.reports.append(report)
        running = [each for each in self.reports if each.phase is Phase.TRANSCODING]
        if self.stop_after is not None and len(running) >= self.stop_after:
            raise StopRun


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_is_a_failure_though_ffmpeg_exits_with_0(directory: JobDirectory) -> None:
    with pytest.raises(ffmpeg.TranscodeError) as caught:
        directory.run(output_filename="out.mkv", video={"codec": "copy"}, audio={"codec": "copy"})

    assert caught.value.failure.reason is FailureReason.DISK_FULL


def test_a_job_runs_from_probe_to_verified_result(directory: JobDirectory) -> None:
    reports = Reports()

    info = directory.run(
        on_progress=reports,
        tick_seconds=0.1,
        video={"codec": "libx264", "crf": 30, "scale": "160:-2", "preset": "ultrafast"},
    )

    assert [(s.kind, s.codec, s.width, s.height) for s in info.streams] == [
        ("video", "h264", 160, 90),
        ("audio", "aac", None, None),
    ]
    assert info.duration == pytest.approx(2.0, abs=0.1)
    assert b"Input #0" in directory.log.getvalue()
    phases = [report.phase for report in reports.reports]
    assert phases == sorted(phases, key=list(Phase).index)
    assert {Phase.PROBING, Phase.TRANSCODING, Phase.VERIFYING} == set(phases)
    percents = [r.percent for r in reports.reports if r.phase is Phase.TRANSCODING]
    assert percents == sorted(percents) and max(percents) <= 99
    names = sorted(path.name for path in directory.path.rglob("*"))
    assert names == ["input", "out.mp4", "try1"]


def test_a_callback_that_raises_kills_ffmpeg_at_once(directory: JobDirectory) -> None:
    reports = Reports(stop_after=2)

    with pytest.raises(StopRun):
        directory.run(
            on_progress=reports,
            tick_seconds=0.1,
            video={"codec": "libx264", "preset": "placebo", "scale": "1920:1080"},
        )

    pid = reports.reports[-1].pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_wake_up_reports_at_once(directory: JobDirectory) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    seen: list[Report] = []

    def on_progress(report: Report) -> None:
        seen.append(report)
        if len(seen) == 2:
            raise StopRun
        os.write(write_end, b"xx")

    directory.probe()
    plan = directory.plan_job(video={"preset": "placebo"})
    with pytest.raises(StopRun):
        # a minute between reports: only the wake-up can bring the second one
        directory.run_plan(plan, on_progress=on_progress, tick_seconds=60, wake_fd=read_end)
    os.close(read_end)
    os.close(write_end)

    assert len(seen) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "unsupported_input"), (b"just a text\n" * 99, "unsupported_input")],
)
def test_the_probe_refuses_a_file_that_is_not_media(
    directory: JobDirectory, content: bytes, reason: str
) -> None:
    (directory.path / "input").write_bytes(content)

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        directory.probe()

    assert caught.value.failure.reason in (reason, "corrupt_input")


def test_a_truncated_input_never_completes(directory: JobDirectory, clip: Path) -> None:
    moved = directory.path.parent / "moved.mp4"
    subprocess.run(
        [
            directory.runtime.binaries.ffmpeg,
            *("-v", "error", "-stream_loop", "4", "-i", clip),
            *("-c", "copy", "-movflags", "+faststart", moved),
        ],
        check=True,
    )
    (directory.path / "input").write_bytes(moved.read_bytes()[: moved.stat().st_size // 2])

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        directory.run(video={"preset": "ultrafast"})

    assert caught.value.failure.reason in ("output_truncated", "corrupt_input")


def test_a_killed_ffmpeg_fails_the_job_with_its_signal(directory: JobDirectory) -> None:
    def kill(report: Report) -> None:
        if report.phase is Phase.TRANSCODING and report.pid:
            os.kill(report.pid, signal.SIGKILL)

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        directory.run(on_progress=kill, tick_seconds=0.1)

    assert (caught.value.failure.reason, caught.value.failure.signal) == ("killed", 9)


def test_a_process_that_does_nothing_stalls(directory: JobDirectory, tmp_path: Path) -> None:
    idle = tmp_path / "idle"
    idle.write_text("#!/bin/sh\nexec sleep 60\n")
    idle.chmod(0o755)
    directory.probe()
    plan = directory.plan_job()
    runtime = directory.runtime
    directory.runtime = replace(
        runtime,
        binaries=replace(runtime.binaries, ffmpeg=idle),
        limits=replace(runtime.limits, stall_seconds=0.3),
        sandbox=replace(runtime.sandbox, name="off"),
    )

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        directory.run_plan(plan, tick_seconds=0.05)

    assert caught.value.failure.reason == "stalled"
