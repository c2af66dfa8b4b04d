"""Jobs and uploads as the JSON of the API."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ffremote.clock import to_iso
from ffremote.db.models import Job, Upload
from ffremote.ffmpeg import DryRun
from ffremote.files.publication import PublishedFile
from ffremote.states import JobState

from .ingest import tus
from .upload_progress import UploadProgress

# The fields of a worker's progress report that clients receive.
LIVE = (
    *("eta_seconds", "speed", "fps", "frame", "out_seconds", "output_bytes"),
    *("dup_frames", "drop_frames"),
)


def accepted(job: Job) -> dict[str, Any]:
    """Return the response to a submission."""
    return {
        "job_id": job.id,
        "state": job.state,
        "progress_percent": job.progress_percent,
        "created_at": to_iso(job.created_at),
        "warnings": job.warnings or [],
    }


def dry_run(planned: DryRun) -> dict[str, Any]:
    """Return the response to a dry run; `argv` is the first pass, `passes` are all of them."""
    passes = [list(argv) for argv in planned.argv]
    return {
        "command": planned.command,
        "argv": passes[0],
        "passes": passes,
        "warnings": list(planned.warnings),
    }


def summary(
    job: Job, uploads: Sequence[Upload], pending: UploadProgress | None, *, message: str | None
) -> dict[str, Any]:
    """Return a job as an item of a list; `error` is null unless the job failed.

    `inputs` is there unless the job has one; `input_filename` is the first one's, `input_bytes`
    are those of all; both are null without inputs.
    """
    sizes = [upload.bytes_expected for upload in uploads if upload.bytes_expected is not None]
    return {
        "job_id": job.id,
        "state": job.state,
        "phase": job.phase,
        "progress_percent": job.progress_percent,
        "message": message,
        "output_filename": job.output_filename,
        "priority": job.priority,
        "worker_id": job.worker_id,
        "created_at": to_iso(job.created_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "finished": job.state.is_final,
        "expired_at": _time(job.expired_at),
        "input_filename": uploads[0].filename if uploads else None,
        "input_bytes": sum(sizes) if sizes else None,
        **_several([{"filename": u.filename, "bytes": u.bytes_expected} for u in uploads]),
        "result_bytes": job.result_bytes,
        "labels": json.loads(job.spec).get("labels") or {},
        "upload": pending and pending.to_json(),
        "error": _short_failure(job) if job.state is JobState.FAILED else None,
    }


def status(
    job: Job, queue_position: int | None, pending: UploadProgress | None, *, message: str | None
) -> dict[str, Any]:
    """Return a job's state and progress; `message` is what a queued job waits for."""
    progress = _live(job)
    document = {
        "job_id": job.id,
        "state": job.state,
        "progress_percent": job.progress_percent,
        "queue_position": queue_position,
        "message": message,
        "created_at": to_iso(job.created_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "phase": job.phase,
        "finished": job.state.is_final,
        "attempt": job.attempt,
        "upload": pending and pending.to_json(),
        **{name: progress.get(name) for name in LIVE},
    }
    if job.state is JobState.FAILED:
        document["error"] = failure(job)
    return document


def _live(job: Job) -> dict[str, Any]:
    """Return FFmpeg's progress; for a completed job its last report and the result's size."""
    progress = job.progress or {}
    if not job.state.is_final:
        return progress
    if job.state is not JobState.COMPLETED:
        return {}
    length = (job.result_facts or {}).get("duration")
    return {
        **progress,
        "eta_seconds": None,
        "out_seconds": progress.get("out_seconds") or length,
        "output_bytes": job.result_bytes,
    }


def failure(job: Job) -> dict[str, Any]:
    """Return why a job failed, in the form of an error response."""
    # The stored details repeat the message.
    stored = {name: value for name, value in (job.error_details or {}).items() if name != "message"}
    return {
        "code": "TRANSCODE_FAILED",
        "message": job.error_message or "The job failed.",
        "details": {"reason": job.error_reason, **stored},
    }


def _short_failure(job: Job) -> dict[str, Any]:
    """Return the failure without FFmpeg's last lines."""
    error = failure(job)
    details = error["details"]
    return {**error, "details": {"reason": details["reason"], "hint": details.get("hint", "")}}


def inputs(
    job: Job, uploads: Sequence[Upload], received: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return the inputs of a job in their order; `received` are the stored bytes by upload."""
    facts = job.input_facts or {}
    of_each = facts.get("inputs", [facts])
    return [
        {
            "upload_id": upload.id,
            "filename": upload.filename,
            "bytes": upload.bytes_expected,
            "bytes_received": received[upload.id],
            "sha256": upload.sha256,
            **tus.order_facts(upload.tus_metadata),
            **(of_each[number] if number < len(of_each) else {}),
        }
        for number, upload in enumerate(uploads)
    ]


def detail(
    job: Job, inputs: list[dict[str, Any]], spec: dict[str, Any], status: dict[str, Any]
) -> dict[str, Any]:
    """Return all fields of a job; `status` is its status document.

    `input` is the first of the inputs, null without any; the key `inputs` is there unless there is
    one.
    """
    return {
        **status,
        "job": spec,
        "priority": job.priority,
        "command": job.command,
        "warnings": job.warnings or [],
        "input": inputs[0] if inputs else None,
        **_several(inputs),
        "result": _result(job),
        "measurements": (job.result_facts or {}).get("measurements", {}),
        "worker_id": job.worker_id,
        "losses": job.losses,
        "timings": _timings(job),
        "expired_at": _time(job.expired_at),
    }


def _several(inputs: list[dict[str, Any]]) -> dict[str, Any]:
    return {} if len(inputs) == 1 else {"inputs": inputs}


def _result(job: Job) -> dict[str, Any] | None:
    """Return what `/result` sends; of several files, `bytes` are those of all together."""
    if job.state is not JobState.COMPLETED or job.result_token is None:
        return None
    facts = {k: v for k, v in (job.result_facts or {}).items() if k != "measurements"}
    name = archive_name(job.output_filename) if "files" in facts else job.output_filename
    return {
        "filename": name,
        "bytes": job.result_bytes,
        "sha256": job.result_sha256,
        **facts,
    }


def archive_name(filename: str) -> str:
    """Return the name of the archive of a job's files, of at most 255 bytes."""
    stem = filename.rpartition(".")[0] or filename
    return stem.encode()[:251].decode(errors="ignore") + ".zip"


def _timings(job: Job) -> dict[str, float | None]:
    return {
        "queued_seconds": _seconds(job.created_at, job.started_at),
        "running_seconds": _seconds(job.started_at, job.finished_at),
        "total_seconds": _seconds(job.created_at, job.finished_at),
    }


def file(published: PublishedFile) -> dict[str, Any]:
    """Return a file of a completed job."""
    return {
        "name": published.name,
        "bytes": published.bytes,
        "sha256": published.sha256,
        "content_type": published.content_type,
        "duration": published.duration,
    }


def upload(row: Upload, offset: int) -> dict[str, Any]:
    """Return an upload; `offset` is the number of bytes received."""
    return {
        "upload_id": row.id,
        "state": row.state,
        "filename": row.filename,
        "bytes": row.bytes_expected,
        "bytes_received": offset,
        "sha256": row.sha256,
        "created_at": to_iso(row.created_at),
        "expires_at": to_iso(row.expires_at),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else to_iso(moment)


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else round((end - start).total_seconds(), 3)
