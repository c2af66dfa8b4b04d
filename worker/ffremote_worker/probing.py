"""The first step of an attempt: what each input of the job contains."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ffremote import ffmpeg, spec
from ffremote.errors import UnsupportedMediaType
from ffremote.ffmpeg import Failure, MediaInfo, OnProgress, TranscodeError
from ffremote.files import first_bytes
from ffremote.files.job_inputs import input_names
from ffremote.ledger.values import Claim
from ffremote.spec import Input
from ffremote.spec.roles import UNPROBED
from ffremote.states import FailureReason

from .context import WorkerContext


def probe_inputs(
    context: WorkerContext, claim: Claim, directory: Path, *, on_progress: OnProgress
) -> list[MediaInfo]:
    """Return what each input contains; each ffprobe is confined to its input's directory.

    Raise TranscodeError, which names the input if there are several.
    """
    infos: list[MediaInfo] = []
    sources = spec.load_job(claim.spec).sources
    for number, source in enumerate(sources):
        with naming_input(number, len(sources)):
            infos.append(
                probe_input(
                    context, claim, directory, number, source=source, on_progress=on_progress
                )
            )
    return infos


@contextmanager
def naming_input(number: int, count: int) -> Iterator[None]:
    """Name the input in a TranscodeError about one of several."""
    try:
        yield
    except TranscodeError as exc:
        if count == 1:
            raise
        message = f"inputs[{number}]: {exc.failure.message}"
        raise TranscodeError(replace(exc.failure, message=message)) from exc


def probe_input(
    context: WorkerContext,
    claim: Claim,
    directory: Path,
    number: int,
    *,
    source: Input,
    on_progress: OnProgress,
) -> MediaInfo:
    """Return what an input contains; the pictures of a sequence are written to files first."""
    name = input_names(len(claim.upload_ids))[number]
    path, runtime = directory / name, context.runtime
    _refuse_unfit(path, source)
    if source.role in UNPROBED:
        return ffmpeg.inspect(path, source.role)
    if not source.is_sequence:
        return ffmpeg.probe(runtime, path.parent, path.name, on_progress=on_progress, source=source)
    return ffmpeg.probe_sequence(
        runtime,
        directory,
        name,
        attempt=claim.token,
        number=number,
        fps=source.fps,
        on_progress=on_progress,
    )


def _refuse_unfit(path: Path, source: Input) -> None:
    """Raise TranscodeError for an upload that another job was given in another role.

    Uploads that arrived after their job was accepted are checked here first.
    """
    with path.open("rb", buffering=0) as file:
        head = file.read(first_bytes.SNIFF_BYTES)
    try:
        first_bytes.refuse_unfit(head, source)
    except UnsupportedMediaType as exc:
        raise TranscodeError(Failure(FailureReason.UNSUPPORTED_INPUT, exc.message)) from exc
