"""Runs the passes of a plan, one after the other."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ffremote import clock
from ffremote.states import Phase

from ..formats.loudness import corrections
from ..model.failure import TranscodeError
from ..model.plan import Pass, Plan
from ..model.report import OnProgress, Report
from ..probing.lut_file import write_lut
from ..process.evidence import Evidence
from ..process.feeding import Feeder
from ..process.process import BoundedLog
from ..runtime import Runtime
from .pass_run import PassRun, RunIO


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of FFmpeg that succeeded has shown.

    `errors` counts the error lines of all passes; `totals` is the last pass's progress at its end.
    """

    errors: int
    seconds: float
    evidence: tuple[Evidence, ...] = ()
    """What the run proves of each output of the plan."""
    warnings: tuple[str, ...] = ()
    """What FFmpeg reported that it dropped or could not draw."""
    measurements: Mapping[str, Any] = field(default_factory=dict)
    """What filters measured, by kind."""
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
    feeder: Feeder | None = None,
) -> Outcome:
    """Run all passes of `plan` in the job's directory `cwd`; FFmpeg's messages go to `log`.

    `on_progress` is called at once, every `tick_seconds` and whenever `wake_fd` is readable; when
    it raises, FFmpeg is killed and the exception propagates. Raise TranscodeError when FFmpeg fails
    or stalls. Call this from a thread that outlives the run. A command is written to the log only
    where `Plan.command` cannot contain it, because it holds what an earlier pass measured.
    `feeder` writes the input of a plan of one pass that reads it from a pipe.
    """
    io = RunIO(runtime, plan, cwd, BoundedLog(log), on_progress, tick_seconds, wake_fd, feeder)
    started = clock.monotonic()
    _prepare(plan, cwd)
    totals = _Totals(len(plan.outputs))
    for number, each in enumerate(plan.passes):
        if each.is_fallback and _has_results(plan, each, cwd):
            continue
        if each.needs_loudness:
            each = each.with_loudness(totals.corrections)
            io.log.write(f"$ {each.command}".encode())
        current = PassRun(io, number, each, totals.percent)
        try:
            current.run()
        except TranscodeError:
            # FFmpeg 5.1 exits with 0 if it wrote nothing, newer versions with an error
            if not plan.has_fallback(number) or _has_results(plan, each, cwd):
                raise
        totals.add(each, current)
    return totals.outcome(clock.monotonic() - started)


def _prepare(plan: Plan, cwd: Path) -> None:
    """Make the directories, files, LUTs and links that the passes need."""
    for folder in plan.folders:
        (cwd / folder).mkdir()
    for name, text in plan.files:
        (cwd / name).write_text(text)
    for name, source in plan.luts:
        write_lut(cwd / source, cwd / name)
    for name, target in plan.links:
        link = cwd / name
        link.symlink_to(os.path.relpath(cwd / target, link.parent))


def _has_results(plan: Plan, each: Pass, cwd: Path) -> bool:
    """Whether there is something under the names of the outputs which a pass writes."""
    outputs = [cwd / plan.outputs[number].path for number in each.outputs]
    return all(output.is_file() and output.stat().st_size > 0 for output in outputs)


class _Totals:
    """Sums up the passes that have run."""

    def __init__(self, outputs: int) -> None:
        self.errors = 0
        self.percent = 0
        self.evidence = [Evidence() for _ in range(outputs)]
        self.warnings: list[str] = []
        self.glyph_warnings: tuple[str, ...] = ()
        self.report = Report(Phase.TRANSCODING)
        self.measurements: dict[str, Any] = {}
        self.corrections: dict[int, list[str]] = {}
        """The loudness filter of each audio track of an output, as measured."""

    def add(self, each: Pass, done: PassRun) -> None:
        """Add a pass that has ended."""
        messages = done.messages
        self.errors += messages.error_count
        self.percent = done.estimate.percent
        for place, number in enumerate(each.outputs):
            self.evidence[number] = messages.evidence.of_output(place)
        self.report = done.totals()
        for kind, found in messages.measurements.items():
            self.measurements.setdefault(kind, []).extend(found)
        self.warnings += messages.reader_warnings.warnings()
        self.glyph_warnings = messages.missing_glyphs.warnings()
        if each.loudnorm:
            self.corrections[each.measures] = corrections(each.loudnorm, messages.loudness)

    def outcome(self, seconds: float) -> Outcome:
        """Return the outcome; glyphs are reported for the last pass, which draws."""
        warnings = tuple(dict.fromkeys([*self.warnings, *self.glyph_warnings]))
        return Outcome(
            self.errors, seconds, tuple(self.evidence), warnings, self.measurements, self.report
        )
