"""One film's way: up to the server, through its queue, and back as a result."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..client.client import Client
from ..client.models import Status
from ..client.poll import require_completed
from ..client.transfer.overwrite_guard import Sources
from ..errors import (
    ClientError,
    LocalFileProblem,
    Misdirected,
    Refused,
    Stopped,
    Unreachable,
)
from .history import History
from .progress_view import ProgressView
from .suggestions import with_suggestion
from .worker_watch import WorkerWatch

CANCEL_SECONDS = 5.0


@dataclass(slots=True)
class Conversion:
    """What is to be done, and how far it is."""

    input: Path
    job: Mapping[str, Any]
    target: Path | None
    """Where the result goes; None if that is not decided yet."""
    overwrite: bool = False
    history: History | None = None
    job_id: str | None = None
    size: int = 0
    """Bytes of the film that was sent: its path may lead to nothing by the end."""
    sources: Sources = field(default_factory=Sources)
    """What the target may not be, beside the film itself: the other inputs of a batch."""
    downloads_result: bool = True
    """Whether the result is brought here at the end."""


@dataclass(frozen=True, slots=True)
class ConversionResult:
    """How an errand ended well."""

    conversion: Conversion
    job: Mapping[str, Any]
    seconds: float
    bytes_before: int
    bytes_after: int | None
    sha256: str | None

    def to_json(self) -> dict[str, Any]:
        """The whole job, and what came of it here."""
        local = {
            "path": str(self.conversion.target) if self.sha256 else None,
            "bytes": self.bytes_after,
            "sha256": self.sha256,
            "seconds": round(self.seconds, 3),
        }
        return {**self.job, "local": local}


def run(client: Client, conversion: Conversion, view: ProgressView) -> ConversionResult:
    """Do the whole errand; when told to stop, cancel its job on the server first."""
    began = time.monotonic()
    conversion.sources |= Sources.of([conversion.input])
    try:
        if conversion.target is not None and conversion.downloads_result:
            conversion.sources.refuse(conversion.target)
        size = _send(client, conversion, view)
        return _download(client, conversion, view, began=began, size=size)
    except Stopped as exc:
        raise Stopped(cancel(client, conversion)) from exc
    except (Unreachable, LocalFileProblem) as exc:
        raise _with_way_back(exc, conversion) from exc
    finally:
        view.close()


def submit(client: Client, conversion: Conversion, view: ProgressView) -> Conversion:
    """Do the first half of the errand: its job is on the server then."""
    try:
        _send(client, conversion, view)
        return conversion
    except Stopped as exc:
        raise Stopped(cancel(client, conversion)) from exc
    except (Unreachable, LocalFileProblem) as exc:
        raise _with_way_back(exc, conversion) from exc
    finally:
        view.close()


def fetch(client: Client, conversion: Conversion, view: ProgressView) -> ConversionResult:
    """Do the second half of an errand whose job is on the server; stopping leaves the job alone."""
    began = time.monotonic()
    try:
        if conversion.target is not None:
            conversion.sources.refuse(conversion.target)
        return _download(client, conversion, view, began=began, size=0)
    except Stopped as exc:
        raise Stopped(
            f"no longer following; job {conversion.job_id} goes on",
            hint=f"`ffremote attach {conversion.job_id}` follows it again",
        ) from exc
    except (Unreachable, LocalFileProblem) as exc:
        raise _with_way_back(exc, conversion) from exc
    finally:
        view.close()


def _send(client: Client, conversion: Conversion, view: ProgressView) -> int:
    def taken(job_id: str) -> None:
        conversion.job_id = job_id
        view.accepted(job_id)
        _note(client, conversion, job_id)

    def sent(have: int, total: int | None) -> None:
        conversion.size = total or 0
        view.sent(have, total)

    try:
        client.submit(
            conversion.input,
            conversion.job,
            on_bytes=sent,
            on_accepted=taken,
            on_break=lambda error: view.note(away(error)),
        )
    except Refused as exc:
        raise with_suggestion(client, exc, conversion.job) from exc
    return conversion.size


def _note(client: Client, conversion: Conversion, job_id: str) -> None:
    """Keep the job's id for `attach last`; the job is accepted, so nothing here may stop it."""
    if conversion.history is None:
        return
    try:
        conversion.history.add(
            job_id=job_id, server=client.url, path=conversion.input, output=conversion.target
        )
    except OSError as exc:
        client.warn(
            f"job {job_id} cannot be noted on this machine, so `last` will not find it: "
            f"{exc.filename}: {exc.strerror}"
        )


def _download(
    client: Client, conversion: Conversion, view: ProgressView, *, began: float, size: int
) -> ConversionResult:
    assert conversion.job_id is not None  # _send() has set it
    for status in follow_job(client, conversion.job_id, view):
        last = status
    require_completed(last)
    job = client.job(conversion.job_id)
    size = size or (job.get("input") or {}).get("bytes") or 0
    if conversion.target is None or not conversion.downloads_result:
        return ConversionResult(conversion, job, time.monotonic() - began, size, None, None)
    here = client.download(
        conversion.job_id,
        conversion.target,
        overwrite=conversion.overwrite,
        sources=conversion.sources,
        on_bytes=view.received,
        on_break=lambda error: view.note(away(error)),
    )
    seconds = time.monotonic() - began
    return ConversionResult(conversion, job, seconds, size, here.bytes, here.sha256)


def follow_job(client: Client, job_id: str, view: ProgressView) -> Iterator[Status]:
    """Show and yield a job's statuses; an upload that broke off on this machine goes on first."""

    def on_break(error: ClientError) -> None:
        view.note(away(error))

    watch = WorkerWatch(client)
    for status in client.follow(job_id, on_break=on_break):
        if status.upload is not None and client.resume_upload(
            job_id, on_bytes=view.sent, on_break=on_break
        ):
            yield from follow_job(client, job_id, view)
            return
        if (why := watch.note(status)) is None:
            view.status(status)
        else:
            view.note(why)
        yield status


def away(error: ClientError) -> str:
    """What a view shows while the server is waited for."""
    return f"server away, trying again: {error.message.rpartition(': ')[2]}"


def _with_way_back(error: ClientError, conversion: Conversion) -> ClientError:
    """The error with the job's id: the job lives on, and what is missing can be had later."""
    if conversion.job_id is None:
        return error
    if isinstance(error, Misdirected):
        error.hint = (
            f"{error.hint}; then `ffremote attach {conversion.job_id}` goes on with the job"
        )
    elif isinstance(error, Unreachable):
        error.hint = f"`ffremote attach {conversion.job_id}` goes on with the job when it is back"
    elif error.hint is None:
        error.hint = (
            f"`ffremote attach {conversion.job_id} -o PATH` brings the job's result elsewhere"
        )
    return error


def cancel(client: Client, conversion: Conversion) -> str:
    """Cancel the errand's job, if it has one; return the sentence that says what became of it."""
    if conversion.job_id is None:
        return f"stopped the upload of {conversion.input}; no job was made"
    try:
        client.cancel(conversion.job_id, answer_seconds=CANCEL_SECONDS)
    except Refused as exc:
        if exc.code == "JOB_FINISHED":
            return (
                f"stopped; job {conversion.job_id} had ended already, "
                f"`ffremote download {conversion.job_id}` brings its result"
            )
        return f"stopped, but the server did not cancel job {conversion.job_id}: {exc}"
    except ClientError as exc:
        return f"stopped, but job {conversion.job_id} may go on: {exc}"
    return f"canceled job {conversion.job_id}"
