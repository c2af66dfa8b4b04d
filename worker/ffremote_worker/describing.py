"""Ends an attempt of a job that only describes its inputs: facts in the row, lines in the log."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import OnProgress
from ffremote.files.job_inputs import input_names
from ffremote.ledger.values import Claim, Description
from ffremote.spec import Input

from .context import WorkerContext
from .excerpts import describe_excerpt
from .heartbeat import ClaimLost, Heartbeat
from .probing import naming_input, probe_input


def describe(
    context: WorkerContext,
    claim: Claim,
    directory: Path,
    *,
    heartbeat: Heartbeat,
    on_progress: OnProgress,
) -> None:
    """Write what FFmpeg prints about each input to the log, and record what they hold in the row.

    Raise TranscodeError, or ClaimLost.
    """
    job = spec.load_job(claim.spec)
    names, limits = input_names(len(job.sources)), context.runtime.limits
    command = ffmpeg.describing_command(job, limits, [Path(name).name for name in names])
    facts = []
    with context.ledger.log_path(claim).open("w", encoding="utf-8") as log:
        log.write(f"{command}\n\n{context.capabilities.versions}\n")
        for number, source in enumerate(job.sources):
            with naming_input(number, len(job.sources)):
                found = _describe_input(
                    context, claim, directory, number, source=source, on_progress=on_progress
                )
            facts.append(found.facts)
            log.writelines(f"{line}\n" for line in found.lines)
    record(heartbeat, Description(command, [], facts_of(facts)))


def _describe_input(
    context: WorkerContext,
    claim: Claim,
    directory: Path,
    number: int,
    *,
    source: Input,
    on_progress: OnProgress,
) -> ffmpeg.Description:
    path = directory / input_names(len(claim.upload_ids))[number]

    def described(report: OnProgress) -> ffmpeg.Description:
        info = probe_input(context, claim, directory, number, source=source, on_progress=report)
        return ffmpeg.describe(
            context.runtime, path, info, source=source, number=number, on_progress=report
        )

    if source.excerpt is None:
        return described(on_progress)
    scratch = context.storage.attempt_dir(claim.job_id, claim.token)
    return describe_excerpt(path, source.excerpt, scratch, described, on_progress=on_progress)


def facts_of(inputs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the inputs contain as the JSON of a row: that of the only one, or all."""
    return inputs[0] if len(inputs) == 1 else {"inputs": list(inputs)}


def record(heartbeat: Heartbeat, description: Description) -> None:
    """Record what is known before FFmpeg starts; raise ClaimLost."""
    if not heartbeat.ask_until_answered(
        lambda ledger: ledger.describe(heartbeat.claim, description)
    ):
        raise ClaimLost
