"""Jobs and uploads as the JSON of the API."""

from datetime import datetime
from typing import Any

from ffremote.clock import to_iso
from ffremote.db.models import Job, Upload
from ffremote.ffmpeg import DryRun
from ffremote.states import JobState

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


def summary(job: Job, upload: Upload, pending: UploadProgress | None) -> dict[str, Any]:
    """Return a job as an item of a list; `error` is null unless the job failed."""
    return {
        "job_id": job.id,
        "state": job.state,
        "phase": job.phase,
        "progress_percent": job.progress_percent,
        "output_filename": job.output_filename,
        "priority": job.priority,
        "created_at": to_iso(job.created_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "finished": job.state.is_final,
        "expired_at": _time(job.expired_at),
        "input_filename": upload.filename,
        "input_bytes": upload.bytes_expected,
        "result_bytes": job.result_bytes,
        "upload": pending and pending.to_json(),
        "error": _short_failure(job) if job.state is JobState.FAILED else None,
    }


def status(job: Job, queue_position: int | None, pending: UploadProgress | None) -> dict[str, Any]:
    """Return a job's state and progress."""
    progress = _live(job)
    document = {
        "job_id": job.id,
        "state": job.state,
        "progress_percent": job.progress_percent,
        "queue_position": queue_position,
        "message": job.message,
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


def detail(
    job: Job, upload: Upload, spec: dict[str, Any], status: dict[str, Any]
) -> dict[str, Any]:
    """Return all fields of a job; `status` is its status document."""
    pending = status["upload"] or {}
    return {
        **status,
        "job": spec,
        "priority": job.priority,
        "command": job.command,
        "warnings": job.warnings or [],
        "input": {
            "upload_id": upload.id,
            "filename": upload.filename,
            "bytes": upload.bytes_expected,
            "bytes_received": pending.get("bytes_received", upload.bytes_received),
            "sha256": upload.sha256,
            **(job.input_facts or {}),
        },
        "result": _result(job),
        "worker_id": job.worker_id,
        "losses": job.losses,
        "timings": _timings(job),
        "expired_at": _time(job.expired_at),
    }


def _result(job: Job) -> dict[str, Any] | None:
    if job.state is not JobState.COMPLETED:
        return None
    return {
        "filename": job.output_filename,
        "bytes": job.result_bytes,
        "sha256": job.result_sha256,
        **(job.result_facts or {}),
    }


def _timings(job: Job) -> dict[str, float | None]:
    return {
        "queued_seconds": _seconds(job.created_at, job.started_at),
        "running_seconds": _seconds(job.started_at, job.finished_at),
        "total_seconds": _seconds(job.created_at, job.finished_at),
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
