"""The passes of a plan, run one after the other."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from ffremote import clock
from ffremote.states import FailureReason, Phase

from ..formats.loudness import corrections
from ..model.failure import TranscodeError, refuse
from ..model.plan import Pass, Plan
from ..model.report import OnProgress, Report
from ..process.diagnosis import explain, met_size_limit
from ..process.evidence import Evidence
from ..process.process import BoundedLog, Process, Watch, follow
from ..process.progress import Block, Reader
from ..process.progress_estimate import Meter
from ..process.read_position import position
from ..process.stall import Activity, written_bytes
from ..process.stderr import Messages
from ..runtime import Runtime
from ..sandbox.sandbox import room_for_output
from .completeness import refuse_empty, refuse_over_limit

REWRITE_SHARE = 0.04
"""Share of the last pass that faststart's second writing of the file gets."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is worth knowing of a run that FFmpeg ended with 0.

    `errors` counts FFmpeg's complaints in all passes; `evidence` is that of the last.
    `totals` is how far the last pass was at its end.
    """

    errors: int
    seconds: float
    evidence: Evidence = field(default_factory=Evidence)
    warnings: tuple[str, ...] = ()
    """What FFmpeg said that it left out or could not draw."""
    totals: Report = field(default_factory=lambda: Report(Phase.TRANSCODING))


def run(
    runtime: Runtime,
    plan: Plan,
    *,
    cwd: Path,
    log: BinaryIO,
    on_progress: OnProgress,
    tick_seconds: float,
    wake_fd: int | None = None,
) -> Outcome:
    """Run all passes of `plan` in the job's directory `cwd`; FFmpeg's messages go to `log`.

    `on_progress` is called at once, every `tick_seconds` and whenever `wake_fd` is readable; when
    it raises, FFmpeg is killed and the exception propagates. Raise TranscodeError when FFmpeg fails
    or stalls. Call this from a thread that outlives the run. A command is written to the log only
    where `Plan.command` cannot contain it, because it holds what an earlier pass measured.
    """
    started = clock.monotonic()
    bounded = BoundedLog(log)
    for folder in plan.folders:
        (cwd / folder).mkdir()
    errors, percent, evidence = 0, 0, Evidence()
    measured: list[str] = []
    warnings: list[str] = []
    totals = Report(Phase.TRANSCODING)
    for number, each in enumerate(plan.passes):
        if each.is_fallback and has_result(plan, cwd):
            continue
        if each.needs_loudness:
            each = each.with_loudness(measured)
            bounded.write(f"$ {each.command}".encode())
        course = _PassRun(runtime, plan, number, each, cwd, bounded, on_progress, percent)
        try:
            course.follow(tick_seconds, wake_fd)
        except TranscodeError:
            # FFmpeg 5.1 ends with 0 where it wrote nothing, newer ones with an error
            if not plan.has_fallback(number) or has_result(plan, cwd):
                raise
        errors, percent = errors + course.messages.error_count, course.meter.percent
        evidence, totals = course.messages.witness.evidence, course.totals()
        warnings += course.messages.complaints.warnings()
        if each.loudnorm:
            measured = corrections(each.loudnorm, course.messages.loudness)
    warnings += course.messages.glyphs.warnings()
    found = tuple(dict.fromkeys(warnings))
    return Outcome(errors, clock.monotonic() - started, evidence, found, totals)


def has_result(plan: Plan, cwd: Path) -> bool:
    """Whether an earlier pass wrote something under the result's name."""
    output = cwd / plan.output
    return output.is_file() and output.stat().st_size > 0


class _PassRun:
    """One pass while it runs."""

    def __init__(
        self,
        runtime: Runtime,
        plan: Plan,
        number: int,
        each: Pass,
        cwd: Path,
        log: BoundedLog,
        on_progress: OnProgress,
        percent: int,
    ) -> None:
        self.runtime, self.plan, self.argv, self.cwd = runtime, plan, each.argv, cwd
        self.on_progress = on_progress
        self.attempt = plan.output.split("/", 1)[0]
        self.is_last = number == len(plan.passes) - 1
        self.rewrites = plan.rewrites_output and self.is_last
        self.messages = Messages(
            log, demuxer=plan.expected.demuxer, measures_loudness=bool(each.loudnorm)
        )
        self.reader = Reader()
        self.block = Block()
        expected = plan.expected
        self.meter = Meter(
            expected.duration if expected.is_plausible else None,
            before=sum(other.weight for other in plan.passes[:number]),
            weight=each.weight,
            percent=percent,
            tail=REWRITE_SHARE if self.rewrites else 0.0,
            starts_late=expected.start > 0,
        )
        self.started = clock.monotonic()
        self.share_read: float | None = None
        self.report = Report(
            Phase.TRANSCODING,
            percent=percent,
            pass_number=number + 1,
            passes=len(plan.passes),
        )
        self.activity = Activity()

    def follow(self, tick_seconds: float, wake_fd: int | None) -> None:
        """Run FFmpeg to its end; raise TranscodeError when that is none."""
        sandbox, program = self.runtime.sandbox, self.runtime.binaries.ffmpeg
        room = room_for_output(self.runtime.limits, self.cwd)
        ended = follow(
            sandbox.command(
                program,
                self.argv,
                cwd=self.cwd,
                writable=self.attempt,
                devices=self.plan.uses_devices,
            ),
            cwd=self.cwd,
            environ=sandbox.environ(self.attempt),
            watch=Watch(self._on_tick, tick_seconds, self._take, self.messages.take, wake_fd),
        )
        self.messages.glyphs.require_font()
        if room < self.runtime.limits.max_output_bytes and met_size_limit(ended, self.messages):
            raise refuse(
                FailureReason.DISK_FULL,
                "The result would take the room that the server keeps free on its disk.",
                "Try again later, or tell the operator.",
            )
        if ended.code != 0 or self.messages.met_full_disk:
            raise TranscodeError(explain(ended, self.messages, attempt=self.attempt))
        if self.is_last:
            refuse_empty(self.plan.expected, self.messages.witness.evidence)
        elif self.argv[-1] == "-":  # its length is seen nowhere else
            refuse_over_limit(_seconds(self.block.out_microseconds), self.runtime.limits)

    def _take(self, data: bytes) -> None:
        for block in self.reader.feed(data):
            self.block = block

    def totals(self) -> Report:
        """Return the report with what FFmpeg last wrote of its progress."""
        return replace(self.report, **_told(self.block))

    def _on_tick(self, process: Process) -> None:
        block = self.block
        self.messages.glyphs.require_font()
        self._note_rewriting(process.pid)
        share = self._share_read(process.pid)
        self.report = replace(
            self.report,
            **_told(block),
            percent=self.meter.read(block.out_microseconds, share),
            eta_seconds=self.meter.eta_seconds(
                block.out_microseconds,
                block.speed,
                share_read=share,
                elapsed=clock.monotonic() - self.started,
            ),
            pid=process.pid,
            pid_started=process.started,
        )
        self.activity.check(process.pid, block, self.runtime.limits)
        self.on_progress(self.report)

    def _share_read(self, pid: int) -> float | None:
        """The share of the input that was read; None where it foretells nothing of the end."""
        expected = self.plan.expected
        if not expected.reads_to_end or not expected.input_bytes:
            return None
        offset = position(pid, self.cwd / "input")
        if offset is not None:  # FFmpeg closes its input before it has written the end
            self.share_read = offset / expected.input_bytes
        return self.share_read

    def _note_rewriting(self, pid: int) -> None:
        output = self.cwd / self.plan.output
        if self.rewrites and output.exists():
            written = written_bytes(pid)
            if written is not None:
                self.meter.note_rewriting(output.stat().st_size, written)


def _seconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else max(0.0, microseconds / 1e6)


def _told(block: Block) -> dict[str, Any]:
    """The fields of a report that FFmpeg itself tells."""
    return {
        "frame": block.frame,
        "fps": block.fps,
        "speed": block.speed,
        "out_seconds": _seconds(block.out_microseconds),
        "output_bytes": block.output_bytes,
        "dup_frames": block.dup_frames,
        "drop_frames": block.drop_frames,
    }
