"""Running FFmpeg for real: progress, stopping, failing, verifying."""

import io
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import Report
from ffremote.ffmpeg.runtime import Runtime
from ffremote.states import FailureReason, Phase


@pytest.fixture
def room(tmp_path: Path, clip: Path) -> Path:
    """A job's directory with its input and one attempt."""
    made = tmp_path / "job"
    (made / "try1").mkdir(parents=True)
    shutil.copyfile(clip, made / "input")
    return made


@pytest.fixture
def full_room(room: Path) -> Iterator[Path]:
    """A job's directory whose attempt has no byte of space left."""
    argv = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(room / "try1")]
    if os.geteuid() != 0 or subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount the small file system that this fills")
    (room / "try1" / "filler").write_bytes(bytes(64 << 10))
    yield room
    subprocess.run(["umount", "--lazy", room / "try1"], check=True)


class StopRun(Exception):
    """Raised by a progress callback to end a run."""


class Ticks:
    """Collects reports; raises StopRun at number `stop_after` of those that `run` made."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.reports: list[Report] = []
        self.stop_after = stop_after

    def __call__(self, report: Report) -> None:
        self.reports.append(report)
        running = [each for each in self.reports if each.phase is Phase.TRANSCODING]
        if self.stop_after is not None and len(running) >= self.stop_after:
            raise StopRun


def make(
    runtime: Runtime,
    capabilities: ffmpeg.Capabilities,
    room: Path,
    *,
    ticks: Ticks | None = None,
    **job: Any,
) -> tuple[ffmpeg.Plan, ffmpeg.MediaInfo, str]:
    """Do all that a worker does with a job; return the plan, the result's facts and the log."""
    ticks = ticks or Ticks()
    asked = spec.build_job({"output_filename": "out.mp4", **job})
    info = ffmpeg.probe(runtime, room, "input", on_progress=ticks)
    plan = ffmpeg.plan(asked, info, capabilities, runtime.limits, attempt="try1")
    log = io.BytesIO()
    outcome = ffmpeg.run(runtime, plan, cwd=room, log=log, on_progress=ticks, tick_seconds=0.1)
    made = ffmpeg.verify(runtime, plan, cwd=room, on_progress=ticks)
    ffmpeg.check_complete(plan.expected, made, outcome.evidence)
    return plan, made, log.getvalue().decode()


def test_a_full_disk_is_a_failure_though_ffmpeg_exits_with_0(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, full_room: Path
) -> None:
    copied = {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        make(runtime, capabilities, full_room, output_filename="out.mkv", **copied)

    assert caught.value.failure.reason is FailureReason.DISK_FULL


def test_a_job_runs_from_probe_to_verified_result(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, room: Path
) -> None:
    ticks = Ticks()

    _, info, log = make(
        runtime,
        capabilities,
        room,
        ticks=ticks,
        video={"codec": "libx264", "crf": 30, "scale": "160:-2", "preset": "ultrafast"},
    )

    assert [(s.kind, s.codec, s.width, s.height) for s in info.streams] == [
        ("video", "h264", 160, 90),
        ("audio", "aac", None, None),
    ]
    assert info.duration == pytest.approx(2.0, abs=0.1)
    assert "Input #0" in log
    phases = [report.phase for report in ticks.reports]
    assert phases == sorted(phases, key=list(Phase).index)
    assert {Phase.PROBING, Phase.TRANSCODING, Phase.VERIFYING} == set(phases)
    percents = [r.percent for r in ticks.reports if r.phase is Phase.TRANSCODING]
    assert percents == sorted(percents) and max(percents) <= 99
    assert sorted(path.name for path in room.rglob("*")) == ["input", "out.mp4", "try1"]


def test_a_callback_that_raises_kills_ffmpeg_at_once(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, room: Path
) -> None:
    ticks = Ticks(stop_after=2)

    with pytest.raises(StopRun):
        make(
            runtime,
            capabilities,
            room,
            ticks=ticks,
            video={"codec": "libx264", "preset": "placebo", "scale": "1920:1080"},
        )

    pid = ticks.reports[-1].pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_wake_up_ticks_at_once(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, room: Path
) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    seen: list[Report] = []

    def on_progress(report: Report) -> None:
        seen.append(report)
        if len(seen) == 2:
            raise StopRun
        os.write(write_end, b"xx")

    info = ffmpeg.probe(runtime, room, "input", on_progress=lambda report: None)
    asked = spec.build_job({"output_filename": "out.mp4", "video": {"preset": "placebo"}})
    plan = ffmpeg.plan(asked, info, capabilities, runtime.limits, attempt="try1")
    with pytest.raises(StopRun):
        # a minute between ticks: only the wake-up can bring the second one
        ffmpeg.run(
            runtime,
            plan,
            cwd=room,
            log=io.BytesIO(),
            on_progress=on_progress,
            tick_seconds=60,
            wake_fd=read_end,
        )
    os.close(read_end)
    os.close(write_end)

    assert len(seen) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "unsupported_input"), (b"just a text\n" * 99, "unsupported_input")],
)
def test_what_is_no_media_is_refused_by_the_probe(
    runtime: Runtime, room: Path, content: bytes, reason: str
) -> None:
    (room / "input").write_bytes(content)

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        ffmpeg.probe(runtime, room, "input", on_progress=lambda report: None)

    assert caught.value.failure.reason in (reason, "corrupt_input")


def test_a_film_that_was_cut_off_never_completes(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, room: Path, clip: Path
) -> None:
    moved = room.parent / "moved.mp4"
    subprocess.run(
        [
            runtime.binaries.ffmpeg,
            *("-v", "error", "-stream_loop", "4", "-i", clip),
            *("-c", "copy", "-movflags", "+faststart", moved),
        ],
        check=True,
    )
    (room / "input").write_bytes(moved.read_bytes()[: moved.stat().st_size // 2])

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        make(runtime, capabilities, room, video={"preset": "ultrafast"})

    assert caught.value.failure.reason in ("output_truncated", "corrupt_input")


def test_a_killed_ffmpeg_fails_the_job_with_its_signal(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, room: Path
) -> None:
    def kill(report: Report) -> bool:
        if report.phase is Phase.TRANSCODING and report.pid:
            os.kill(report.pid, signal.SIGKILL)
        return True

    ticks = Ticks()
    ticks.__class__ = type("Killer", (Ticks,), {"__call__": lambda self, report: kill(report)})

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        make(runtime, capabilities, room, ticks=ticks)

    assert (caught.value.failure.reason, caught.value.failure.signal) == ("killed", 9)


def test_a_process_that_does_nothing_stalls(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, room: Path, tmp_path: Path
) -> None:
    idle = tmp_path / "idle"
    idle.write_text("#!/bin/sh\nexec sleep 60\n")
    idle.chmod(0o755)
    info = ffmpeg.probe(runtime, room, "input", on_progress=lambda report: None)
    asked = spec.build_job({"output_filename": "out.mp4"})
    plan = ffmpeg.plan(asked, info, capabilities, runtime.limits, attempt="try1")
    stuck = replace(
        runtime,
        binaries=replace(runtime.binaries, ffmpeg=idle),
        limits=replace(runtime.limits, stall_seconds=0.3),
        sandbox=replace(runtime.sandbox, name="off"),
    )

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        ffmpeg.run(
            stuck,
            plan,
            cwd=room,
            log=io.BytesIO(),
            on_progress=lambda report: None,
            tick_seconds=0.05,
        )

    assert caught.value.failure.reason == "stalled"
