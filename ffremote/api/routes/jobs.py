"""The routes below /jobs."""

import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from ffremote.db.models import Job, Upload
from ffremote.errors import ResultExpired
from ffremote.jobs import inputs, queries, retention, store, submission, workers
from ffremote.jobs.lists import pages

from .. import job_results, representation, upload_progress
from ..context import current
from ..delivery import attempt_log
from ..file_response import Download, send
from ..placement import waiting
from ..submission import job_retry, job_submission
from ..upload_progress import UploadProgress
from . import list_query

blueprint = Blueprint("jobs", __name__)

TEXT = "text/plain; charset=utf-8"


@blueprint.post("/jobs")
def submit() -> Response:
    """Queue a job for a file or an upload; with `dry_run`, only return its FFmpeg command."""
    if request.args.get("dry_run", "0") not in ("0", "false"):
        return jsonify(representation.dry_run(job_submission.dry_run(current())))
    return _accepted(job_submission.submit(current()))


@blueprint.post("/jobs/<job_id>/retry")
def retry(job_id: str) -> Response:
    """Queue a further job on the inputs of one that has ended: the same, or the job in the body."""
    return _accepted(job_retry.retry(current(), job_id))


def _accepted(job: Job) -> Response:
    response = jsonify(representation.accepted(job))
    response.status_code = 202
    response.headers["Location"] = url_for("jobs.show", job_id=job.id)
    return response


@blueprint.get("/jobs")
def newest() -> Response:
    """List jobs, newest first."""
    page = pages.newest(
        current().session,
        list_query.filter_of(request.args),
        limit=list_query.limit(request.args.get("limit", "50")),
        after=list_query.cursor(request.args.get("cursor")),
    )
    return jsonify(
        items=[_summary(job, page.uploads[job.id]) for job in page.items],
        total=page.total,
        next_cursor=page.next and page.next.encode(),
    )


def _summary(job: Job, uploads: Sequence[Upload]) -> dict[str, Any]:
    pending = upload_progress.measure(current(), job, uploads)
    return representation.summary(job, uploads, pending, message=_message(job))


def _message(job: Job) -> str | None:
    return waiting.message(current().session, current().crew, job)


@blueprint.get("/jobs/<job_id>/status")
def status(job_id: str) -> Response:
    """Return a job's state and progress."""
    job = store.find(current().session, job_id)
    return jsonify(_status(job, upload_progress.load(current(), job)))


def _status(job: Job, pending: UploadProgress | None) -> dict[str, Any]:
    position = queries.queue_position(current().session, job)
    return representation.status(job, position, pending, message=_message(job))


@blueprint.get("/jobs/<job_id>")
def show(job_id: str) -> Response:
    """Return all fields of a job."""
    session = current().session
    job = store.find(session, job_id)
    uploads = store.find_uploads(session, inputs.upload_ids(session, job))
    pending = upload_progress.measure(current(), job, uploads)
    received = {each.id: upload_progress.received_bytes(current(), each) for each in uploads}
    status = _status(job, pending)
    shown = representation.inputs(job, uploads, received)
    status |= {"worker_host": workers.host_of(session, job.worker_id)}
    return jsonify(representation.detail(job, shown, json.loads(job.spec), status))


@blueprint.get("/jobs/<job_id>/result")
def result(job_id: str) -> Response:
    """Send the file of a completed job, or the ZIP archive of its several files."""
    job = store.find(current().session, job_id)
    job_results.require(job)
    try:
        return send(job_results.download(current(), job))
    except FileNotFoundError as exc:
        raise job_results.expired(job) from exc


@blueprint.get("/jobs/<job_id>/log")
def log(job_id: str) -> Response:
    """Send the log of a job's last attempt, which may still grow; empty before the first."""
    job = store.find(current().session, job_id)
    if job.expired_at is not None:
        raise ResultExpired(f"The log of job {job.id} was removed.")
    try:
        return send(Download(attempt_log.content_of(current(), job), TEXT))
    except FileNotFoundError:
        return Response("", content_type=TEXT)


@blueprint.delete("/jobs/<job_id>")
def cancel(job_id: str) -> tuple[Response, int]:
    """Cancel a job that is not final."""
    context = current()
    job = submission.cancel(
        context.session, context.storage, job_id, abort_upload=context.takeover.hang_up
    )
    return jsonify(job_id=job.id, state=job.state), 202


@blueprint.delete("/jobs/<job_id>/result")
def remove_result(job_id: str) -> tuple[str, int]:
    """Remove a job's files now."""
    retention.remove_result(current().session, current().storage, job_id)
    return "", 204
