"""Converts the inputs of one job: uploads them, follows the job, downloads the result."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..client.client import Client
from ..client.poll import require_completed
from ..client.transfer.overwrite_guard import Sources
from ..errors import (
    ClientError,
    JobFailed,
    LocalFileProblem,
    Refused,
    Stopped,
    Unreachable,
)
from .error_details import add_attach_hint, name_inputs
from .following import follow_job, retry_note
from .history import History
from .progress_view import ProgressView
from .recording import record_job
from .remote.deletion import delete_remote
from .remote.early_status import showing_early
from .suggestions import suggest

CANCEL_SECONDS = 5.0


@dataclass(slots=True)
class Conversion:
    """A job with its inputs and its target; `job_id` and `size` are set while it runs."""

    input: Path | None
    """The first input; None if the job makes everything from sources."""
    job: Mapping[str, Any]
    target: Path | None
    """Where the result goes; None if that is not decided."""
    overwrite: bool = False
    history: History | None = None
    job_id: str | None = None
    size: int = 0
    """Bytes that were uploaded; the file itself may be gone at the end."""
    sources: Sources = field(default_factory=Sources)  # inputs not to overwrite, of the whole batch
    delete_remote: bool = False
    """Whether the server's files of the job are deleted at the end."""
    downloads_result: bool = True
    """Whether the result is downloaded at the end."""
    folder: Path | None = None
    """Where the files of a job that makes several go, but for `targets`."""
    targets: Mapping[str, Path] = field(default_factory=dict)
    target_of: Callable[[str], Path | None] | None = None  # by name; None: not wanted
    further: Sequence[Path] = ()
    """The inputs after the first one, in the order of `inputs` in the job."""

    @property
    def inputs(self) -> tuple[Path, ...]:
        """All inputs of the job in order."""
        return () if self.input is None else (self.input, *self.further)

    @property
    def shown(self) -> Path:
        """What stands for the job in messages: its first input, or without any its result."""
        return self.input or Path(str(self.job.get("output_filename") or "result"))


@dataclass(frozen=True, slots=True)
class ConversionResult:
    """A successful conversion: times in seconds, sizes in bytes."""

    conversion: Conversion
    job: Mapping[str, Any]
    seconds: float
    bytes_before: int
    bytes_after: int | None
    sha256: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the server's job, with the local file as `local`."""
        local = {
            "path": str(self.conversion.target) if self.sha256 else None,
            "bytes": self.bytes_after,
            "sha256": self.sha256,
            "seconds": round(self.seconds, 3),
        }
        return {**self.job, "local": local}


def run(client: Client, conversion: Conversion, view: ProgressView) -> ConversionResult:
    """Upload, follow and download; when stopped, cancel the job on the server."""
    began = time.monotonic()
    conversion.sources |= Sources.of(conversion.inputs)
    with _ending(conversion, view, on_stop=lambda: Stopped(cancel(client, conversion))):
        if conversion.target is not None and conversion.downloads_result:
            for target in (conversion.target, *conversion.targets.values()):
                conversion.sources.refuse(target)
        _send(client, conversion, view)
        return _receive_and_delete(client, conversion, view, began=began)


def submit(client: Client, conversion: Conversion, view: ProgressView) -> Conversion:
    """Upload only: return as soon as the job has its input; when stopped, cancel the job."""
    with _ending(conversion, view, on_stop=lambda: Stopped(cancel(client, conversion))):
        _send(client, conversion, view)
        return conversion


def fetch(client: Client, conversion: Conversion, view: ProgressView) -> ConversionResult:
    """Follow and download a job that exists already; when stopped, leave the job running."""
    began = time.monotonic()
    stopped = Stopped(
        f"no longer following job {conversion.job_id}, which continues",
        hint=f"`ffremote attach {conversion.job_id}` follows it again",
    )
    with _ending(conversion, view, on_stop=lambda: stopped):
        if conversion.target is not None:
            conversion.sources.refuse(conversion.target)
        return _receive_and_delete(client, conversion, view, began=began)


@contextmanager
def _ending(
    conversion: Conversion, view: ProgressView, *, on_stop: Callable[[], Stopped]
) -> Iterator[None]:
    """Close the view at the end, and turn errors into those that name the job."""
    try:
        yield
    except Stopped as exc:
        raise on_stop() from exc
    except (Unreachable, LocalFileProblem) as exc:
        add_attach_hint(exc, conversion.job_id)
        raise
    except (Refused, JobFailed) as exc:
        name_inputs(exc, conversion.inputs)
        raise
    finally:
        view.close()


def _send(client: Client, conversion: Conversion, view: ProgressView) -> None:
    def on_accepted(job_id: str) -> None:
        conversion.job_id = job_id
        view.accepted(job_id)
        if (history := conversion.history) is not None:
            inputs, target = conversion.inputs, conversion.target
            record_job(client, history, job_id, inputs=inputs, target=target)

    def on_bytes(done: int, total: int | None) -> None:
        conversion.size = total or 0
        view.sent(done, total)

    try:
        with showing_early(client, view, lambda: conversion.job_id) as view:
            client.submit(
                conversion.inputs,
                conversion.job,
                on_bytes=on_bytes,
                on_input_bytes=view.sent_input,
                on_accepted=on_accepted,
                on_break=lambda error: view.note(retry_note(error)),
            )
    except Refused as exc:
        suggest(client, exc, conversion.job)
        raise


def _receive_and_delete(
    client: Client, conversion: Conversion, view: ProgressView, *, began: float
) -> ConversionResult:
    result = _receive(client, conversion, view, began=began)
    if conversion.delete_remote and conversion.job_id is not None:
        delete_remote(client, conversion.job_id)
    return result


def _receive(
    client: Client, conversion: Conversion, view: ProgressView, *, began: float
) -> ConversionResult:
    """Follow the job, and download its result if the conversion says so."""
    assert conversion.job_id is not None  # set by _send() or by the caller of fetch()
    for status in follow_job(client, conversion.job_id, view):
        last = status
    require_completed(last)
    job = client.job(conversion.job_id)
    size = conversion.size or _bytes_of_inputs(job)
    has_result = job.get("result", True) is not None  # a report is in the log only
    if conversion.target is None or not (conversion.downloads_result and has_result):
        return ConversionResult(conversion, job, time.monotonic() - began, size, None, None)
    if conversion.folder is not None:
        after, seconds = _download_files(client, conversion, view), time.monotonic() - began
        return ConversionResult(conversion, job, seconds, size, after, None)
    downloaded = client.download(
        conversion.job_id,
        conversion.target,
        overwrite=conversion.overwrite,
        sources=conversion.sources,
        on_bytes=view.received,
        on_break=lambda error: view.note(retry_note(error)),
    )
    seconds = time.monotonic() - began
    return ConversionResult(conversion, job, seconds, size, downloaded.bytes, downloaded.sha256)


def _download_files(client: Client, conversion: Conversion, view: ProgressView) -> int:
    """Download each file of the job to its target; return the bytes of all."""
    assert conversion.job_id is not None and conversion.folder is not None
    files, place = client.files(conversion.job_id), conversion.target_of
    targets = {each.name: path for each in files if place and (path := place(each.name))}
    targets |= conversion.targets
    downloaded = client.download_files(
        conversion.job_id,
        conversion.folder,
        files=[each for each in files if place is None or each.name in targets],
        targets=targets,
        overwrite=conversion.overwrite,
        sources=conversion.sources,
        on_bytes=view.received,
        on_break=lambda error: view.note(retry_note(error)),
    )
    return sum(each.bytes for each in downloaded)


def _bytes_of_inputs(job: Mapping[str, Any]) -> int:
    """Return the bytes of the job's inputs, each upload once."""
    inputs = job.get("inputs") or [job.get("input") or {}]
    return sum({each.get("upload_id"): each.get("bytes") or 0 for each in inputs}.values())


def cancel(client: Client, conversion: Conversion) -> str:
    """Cancel the job, if there is one; return a sentence with the outcome."""
    if conversion.job_id is None:
        what = " and ".join(map(str, conversion.inputs[:2])) or "nothing"
        if len(conversion.inputs) > 2:
            what = f"{conversion.input} and {len(conversion.further)} more inputs"
        return f"stopped the upload of {what}; no job was created"
    try:
        client.cancel(conversion.job_id, answer_seconds=CANCEL_SECONDS)
    except Refused as exc:
        if exc.code == "JOB_FINISHED":
            return (
                f"stopped; job {conversion.job_id} has already ended, and "
                f"`ffremote download {conversion.job_id}` downloads its result"
            )
        return f"stopped, but the server did not cancel job {conversion.job_id}: {exc}"
    except ClientError as exc:
        return f"stopped, but job {conversion.job_id} may still run: {exc}"
    return f"canceled job {conversion.job_id}"
