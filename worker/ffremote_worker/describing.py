"""Ends an attempt of a job that only describes its inputs: facts in the row, lines in the log."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import MediaInfo, OnProgress
from ffremote.files.storage import input_names
from ffremote.ledger.values import Claim, Description

from .context import WorkerContext
from .heartbeat import ClaimLost, Heartbeat


def describe(
    context: WorkerContext,
    claim: Claim,
    infos: Sequence[MediaInfo],
    directory: Path,
    *,
    heartbeat: Heartbeat,
    on_progress: OnProgress,
) -> None:
    """Write what FFmpeg prints about each input to the log, and record what they hold in the row.

    Raise TranscodeError, or ClaimLost.
    """
    job, names = spec.load_job(claim.spec), input_names(len(infos))
    limits = context.runtime.limits
    command = ffmpeg.describing_command(job, limits, [Path(name).name for name in names])
    facts = []
    with context.ledger.log_path(claim).open("w", encoding="utf-8") as log:
        log.write(f"{command}\n\n{context.capabilities.versions}\n")
        for number, (source, info) in enumerate(zip(job.sources, infos, strict=True)):
            found = ffmpeg.describe(
                context.runtime,
                directory / names[number],
                info,
                source=source,
                number=number,
                on_progress=on_progress,
            )
            facts.append(found.facts)
            log.writelines(f"{line}\n" for line in found.lines)
    record(heartbeat, Description(command, [], facts_of(facts)))


def facts_of(inputs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the inputs contain as the JSON of a row: that of the only one, or all."""
    return inputs[0] if len(inputs) == 1 else {"inputs": list(inputs)}


def record(heartbeat: Heartbeat, description: Description) -> None:
    """Record what is known before FFmpeg starts; raise ClaimLost."""
    if not heartbeat.ask_until_answered(
        lambda ledger: ledger.describe(heartbeat.claim, description)
    ):
        raise ClaimLost
