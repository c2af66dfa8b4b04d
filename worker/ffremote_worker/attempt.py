"""One attempt of a claimed job: probe, plan, transcode, verify, publish."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import (
    Evidence,
    Feeder,
    MediaInfo,
    Outcome,
    OutputKind,
    Plan,
    PlannedOutput,
    Report,
)
from ffremote.files import ballast
from ffremote.ledger.values import Claim, Description, ProgressUpdate
from ffremote.states import Phase

from .context import WorkerContext
from .describing import describe, facts_of, record
from .fetching import open_attempt
from .heartbeat import Heartbeat, Patience
from .probing import probe_inputs
from .publication import Publisher

log = logging.getLogger(__name__)

Length = float | Mapping[str, float] | None
"""Seconds of a file, or of the files of a package by name."""


class Attempt:
    """The steps of one attempt, with its heartbeat and its last progress.

    `pid` is that of the last process that the attempt started, or None.
    """

    def __init__(
        self, context: WorkerContext, claim: Claim, *, wake_fd: int, must_stop: Callable[[], bool]
    ) -> None:
        self.context = context
        self.claim = claim
        self.wake_fd = wake_fd
        self.update = ProgressUpdate(Phase.PROBING, 0)
        self.totals: dict[str, Any] | None = None
        self.pid: int | None = None
        self.heartbeat = Heartbeat(
            context.clerk,
            claim,
            patience=Patience(
                lease_seconds=context.settings.lease_seconds,
                outage_seconds=context.settings.outage_seconds,
                tick_seconds=context.settings.tick_seconds,
            ),
            must_stop=must_stop,
            free_disk_space=lambda: context.has_ballast and ballast.drop(context.storage),
        )

    def run(self) -> None:
        """Run all steps to the published result; raise ClaimLost, StopNow or TranscodeError."""
        claim = self.claim
        directory = open_attempt(self.context.storage, self.heartbeat)
        if spec.load_job(claim.spec).probe:
            self.describe(directory)
            return
        infos = probe_inputs(self.context, claim, directory, on_progress=self.on_progress)
        plan = self.plan(infos)
        self.record_plan(plan, infos)
        self.finish(plan, infos, self.transcode(plan, directory), directory)

    def finish(self, plan: Plan, infos: list[MediaInfo], outcome: Outcome, directory: Path) -> None:
        """Verify and publish what the run of FFmpeg has made."""
        self.totals = outcome.totals.to_json()
        results, lengths, warnings = self.verify(plan, infos, outcome, directory)
        publisher = self.publisher(*plan.warnings, *warnings, *_warnings(outcome))
        measured = {"measurements": outcome.measurements} if outcome.measurements else {}
        if plan.is_one_file:
            publisher.publish_file(plan.output, results[0], measured)
            return
        produced = ffmpeg.produced_files(plan, self.context.runtime.limits, lengths, cwd=directory)
        facts: dict[str, Any] = {}
        if results:
            facts["outputs"] = [made.to_json() for made in results.values()]
        facts |= measured
        publisher.publish_files(produced, facts)

    def describe(self, directory: Path) -> None:
        """End a job that only describes its inputs."""
        describe(
            self.context,
            self.claim,
            directory,
            heartbeat=self.heartbeat,
            on_progress=self.on_progress,
        )
        self.publisher().publish_files((), {})

    def verify(
        self, plan: Plan, infos: list[MediaInfo], outcome: Outcome, directory: Path
    ) -> tuple[dict[int, MediaInfo], dict[int, Length], list[str]]:
        """Return what each output contains and its seconds, by number, and warnings about it.

        Raise TranscodeError for one that is not complete.
        """
        products = spec.load_job(self.claim.spec).products
        results: dict[int, MediaInfo] = {}
        lengths: dict[int, Length] = {}
        warnings: list[str] = []
        for number, output in enumerate(plan.outputs):
            evidence = outcome.evidence[number]
            if output.kind is OutputKind.NONE:
                found = [*ffmpeg.report_warnings(output.expected, evidence)]
                warnings += ffmpeg.named_warnings(products[number], len(plan.outputs), found)
                continue
            with ffmpeg.naming_output(plan.output_field(number)):
                made, lengths[number] = self._verified(output, evidence, directory)
                found = [*ffmpeg.check_complete(output.expected, made, evidence)]
            if output.kind is OutputKind.FILE:
                found += ffmpeg.lost_properties(products[number], infos, output, made)
            warnings += ffmpeg.named_warnings(products[number], len(plan.outputs), found)
            results[number] = made
        return results, lengths, warnings

    def _verified(
        self, output: PlannedOutput, evidence: Evidence, directory: Path
    ) -> tuple[MediaInfo, Length]:
        """Return what an output contains, and its seconds; of a package those of each file."""
        runtime, report = self.context.runtime, self.on_progress
        if output.kind is OutputKind.PACKAGE:
            package = ffmpeg.verify_package(
                runtime, output, evidence, cwd=directory, on_progress=report
            )
            return package.info, package.lengths
        made = ffmpeg.verify(runtime, output, evidence, cwd=directory, on_progress=report)
        return made, made.duration

    def plan(self, infos: list[MediaInfo]) -> Plan:
        """Return the plan for inputs that hold this."""
        return ffmpeg.plan(
            spec.load_job(self.claim.spec),
            infos,
            self.context.capabilities,
            self.context.runtime.limits,
            attempt=self.claim.token,
        )

    def record_plan(self, plan: Plan, infos: list[MediaInfo], **facts: Any) -> None:
        """Record the exact command in the row before it runs, and what the inputs hold."""
        found = facts_of([info.to_json() for info in infos])
        record(self.heartbeat, Description(plan.command, list(plan.warnings), {**found, **facts}))

    def transcode(self, plan: Plan, directory: Path, feeder: Feeder | None = None) -> Outcome:
        """Run FFmpeg; write the command and FFmpeg's messages to the attempt's log.

        `feeder` writes the input of a plan that reads it from a pipe.
        """
        log.info("job %s: %s", self.claim.job_id, plan.command)
        with self.context.ledger.log_path(self.claim).open("wb") as out:
            out.write(f"{plan.command}\n\n{self.context.capabilities.versions}\n".encode())
            out.flush()
            return ffmpeg.run(
                self.context.runtime,
                plan,
                cwd=directory,
                log=out,
                on_progress=self.on_progress,
                tick_seconds=self.context.settings.tick_seconds,
                wake_fd=None if self.wake_fd < 0 else self.wake_fd,
                feeder=feeder,
            )

    def publisher(self, *warnings: str) -> Publisher:
        """Return what publishes the result and completes the job with these warnings."""
        return Publisher(
            self.context.storage,
            self.heartbeat,
            self.update.progress,
            self.totals,
            warnings,
        )

    def on_progress(self, report: Report) -> None:
        """Write a heartbeat with the progress; ClaimLost or StopNow from it stops FFmpeg."""
        self.pid = report.pid or self.pid
        self.update = ProgressUpdate(
            report.phase,
            report.percent,
            progress=report.to_json(),
            pid=report.pid,
            pid_started=report.pid_started,
        )
        self.heartbeat.send(self.update)


def _warnings(outcome: Outcome) -> tuple[str, ...]:
    if not outcome.errors:
        return outcome.warnings
    errors = f"FFmpeg reported {outcome.errors} errors in the input; see the job's log."
    return (*outcome.warnings, errors)
