"""Runs one pass of a plan: starts FFmpeg, reports its progress, explains a failure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ffremote import clock
from ffremote.states import FailureReason, Phase

from ..formats.output_errors import under
from ..model.failure import TranscodeError, refuse
from ..model.plan import Pass, Plan
from ..model.planned_output import OutputKind, PlannedOutput
from ..model.report import OnProgress, Report
from ..process.diagnosis import explain, hit_size_limit
from ..process.feeding import Feeder
from ..process.process import BoundedLog, ExitStatus, Process, ProcessCallbacks, run_process
from ..process.progress import ProgressBlock, ProgressReader
from ..process.progress_estimate import ProgressEstimate
from ..process.reporting_filters import reporting_filters
from ..process.stall import StallDetector, written_bytes
from ..process.stderr import Messages
from ..runtime import Runtime
from ..sandbox.sandbox import output_size_limit
from .output_watch import OutputWatch
from .reading import Reading
from .refusals import refuse_empty, refuse_over_limit

REWRITE_SHARE = 0.04
"""Share of the last pass in which faststart writes the file a second time."""


@dataclass(frozen=True, slots=True)
class RunIO:
    """What all passes of one run share."""

    runtime: Runtime
    plan: Plan
    cwd: Path
    """The job's directory."""
    log: BoundedLog
    on_progress: OnProgress
    tick_seconds: float
    wake_fd: int | None = None
    feeder: Feeder | None = None
    """Writes the input, which FFmpeg reads from a pipe."""


class PassRun:
    """One pass while it runs; `percent` is where the pass before it ended."""

    def __init__(self, io: RunIO, number: int, each: Pass, percent: int) -> None:
        plan = io.plan
        self.io, self.plan, self.argv = io, plan, each.argv
        self.outputs = {n: plan.outputs[n] for n in each.outputs}
        served = tuple(self.outputs.values()) or plan.outputs
        self.attempt = plan.output.split("/", 1)[0]
        self.rewritten = [output.path for output in self.outputs.values() if output.is_rewritten]
        self.messages = Messages(
            io.log,
            demuxers=plan.expected.demuxers,
            measures_loudness=bool(each.loudnorm),
            filters=reporting_filters(each.argv, each.outputs) if each.outputs else {},
            marked=True,
        )
        self.reader = ProgressReader()
        self.block = ProgressBlock()
        self.reading = Reading(io.cwd / "input", served)
        self.estimate = ProgressEstimate(
            _duration(served),
            before=sum(other.weight for other in plan.passes[:number]),
            weight=each.weight,
            percent=percent,
            tail=REWRITE_SHARE if self.rewritten else 0.0,
            starts_late=self.reading.starts_late,
            part=self.reading.part,
        )
        self.started = clock.monotonic()
        self.report = Report(
            Phase.TRANSCODING,
            percent=percent,
            pass_number=number + 1,
            passes=len(plan.passes),
        )
        self.stall_detector = StallDetector()
        self.watch: OutputWatch | None = None

    def run(self) -> None:
        """Run FFmpeg to its end; raise TranscodeError if it failed or wrote nothing."""
        io, sandbox = self.io, self.io.runtime.sandbox
        size_limit = output_size_limit(io.runtime.limits, io.cwd)
        if not self.plan.is_one_file:
            self.watch = OutputWatch(io.cwd / self.attempt, io.runtime.limits, size_limit)
        command = sandbox.command(
            io.runtime.binaries.ffmpeg,
            self.argv,
            cwd=io.cwd,
            writable=self.attempt,
            devices=self.plan.uses_devices,
        )
        ended = run_process(
            command,
            cwd=io.cwd,
            environ=sandbox.environ(self.attempt, colored=True),
            callbacks=ProcessCallbacks(
                self._on_tick, io.tick_seconds, self._on_output, self.messages.add, io.wake_fd
            ),
            feeder=io.feeder,
        )
        self._check(ended, size_limit)

    def totals(self) -> Report:
        """Return the report with the last progress that FFmpeg wrote."""
        return replace(self.report, **_fields(self.block))

    def _check(self, ended: ExitStatus, size_limit: int) -> None:
        self.messages.missing_glyphs.require_font()
        limits = self.io.runtime.limits
        if size_limit < limits.max_output_bytes and hit_size_limit(ended, self.messages):
            raise refuse(
                FailureReason.DISK_FULL,
                "The result does not fit into the free space that the server may use.",
                "Try again later, or tell the operator.",
            )
        if ended.code != 0 or self.messages.met_full_disk:
            raise TranscodeError(explain(ended, self.messages, attempt=self.attempt))
        for place, (number, output) in enumerate(self.outputs.items()):
            if output.kind is OutputKind.NONE:
                continue  # filters such as select may rightly leave nothing
            with under(self.plan.output_field(number)):
                refuse_empty(output.expected, self.messages.evidence.of_output(place))
        if self.argv[-1] == "-":  # no file shows its duration
            refuse_over_limit(_seconds(self.block.out_microseconds), limits)

    def _on_output(self, data: bytes) -> None:
        for block in self.reader.feed(data):
            self.block = block

    def _on_tick(self, process: Process) -> None:
        block = self.block
        self.messages.missing_glyphs.require_font()
        self._note_rewriting(process.pid)
        share = self._share_read(process)
        self.report = replace(
            self.report,
            **_fields(block),
            percent=self.estimate.update(block.out_microseconds, share),
            eta_seconds=self.estimate.eta_seconds(
                block.out_microseconds,
                block.speed,
                share_read=share,
                elapsed=clock.monotonic() - self.started,
            ),
            pid=process.pid,
            pid_started=process.started,
        )
        self._check_stall(process)
        if self.watch is not None:
            self.watch.check()
        self.io.on_progress(self.report)

    def _share_read(self, process: Process) -> float | None:
        if self.io.feeder is not None:
            return self.io.feeder.share
        has_begun = (self.block.out_microseconds or 0) > 0
        return self.reading.share(process.pid, has_begun=has_begun)

    def _check_stall(self, process: Process) -> None:
        """Raise TranscodeError for a stall; waiting for an input that still arrives is none."""
        feeder, limits = self.io.feeder, self.io.runtime.limits
        if feeder is None:
            self.stall_detector.check(process.pid, self.block, limits)
            return
        feeder.check()
        if feeder.is_waiting:
            self.stall_detector.rest()
        else:
            self.stall_detector.check(process.pid, self.block, limits, fed=feeder.fed)

    def _note_rewriting(self, pid: int) -> None:
        """Tell the estimate of the files that are written a second time; one that is missing."""
        outputs = [self.io.cwd / path for path in self.rewritten]
        if outputs and all(output.exists() for output in outputs):
            written = written_bytes(pid)
            if written is not None:
                size = sum(output.stat().st_size for output in outputs)
                self.estimate.note_rewriting(size, written)


def _duration(outputs: Sequence[PlannedOutput]) -> float | None:
    """Return the seconds of the longest output; None if one is unknown or not plausible."""
    lengths = [each.expected.duration if each.expected.is_plausible else None for each in outputs]
    known = [length for length in lengths if length is not None]
    return max(known) if known and len(known) == len(lengths) else None


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else max(0.0, microseconds / 1e6)


def _fields(block: ProgressBlock) -> dict[str, Any]:
    """Return the fields of a report that come from FFmpeg's progress."""
    return {
        "frame": block.frame,
        "fps": block.fps,
        "speed": block.speed,
        "out_seconds": _seconds(block.out_microseconds),
        "output_bytes": block.output_bytes,
        "dup_frames": block.dup_frames,
        "drop_frames": block.drop_frames,
    }
