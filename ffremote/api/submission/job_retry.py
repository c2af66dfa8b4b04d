"""A further job on the inputs of one that has ended."""

import json
from dataclasses import replace

from flask import request

from ffremote import ffmpeg, spec
from ffremote.db.models import Job, UploadState
from ffremote.errors import (
    InvalidArgument,
    JobNotReady,
    ResultExpired,
    UnsupportedMediaType,
    UploadNotFound,
)
from ffremote.jobs import inputs, store
from ffremote.spec import JobSpec

from .. import job_check
from ..context import AppContext
from ..ingest.request_body import content_length
from . import job_submission


def retry(context: AppContext, job_id: str) -> Job:
    """Queue the job of the current request, or the same one again, on the inputs of `job_id`.

    Raises JobNotFound, JobNotReady for a job that has not ended, ResultExpired if one of its inputs
    was removed, and the errors of a submission.
    """
    earlier = store.find(context.session, job_id)
    if not earlier.state.is_final:
        raise JobNotReady(
            f"The job {job_id} is {earlier.state}; it can be retried when it has ended.",
            state=earlier.state,
        )
    uploads = inputs.upload_ids(context.session, earlier)
    _require_stored(context, earlier, uploads)
    job = _requested(context, earlier)
    _require_same_inputs(job, uploads)
    checked = job_check.check_spec(context, job, job_submission.idempotency_key())
    wanted = replace(checked.job_request, upload_ids=uploads, retry_of=job_id)
    try:
        return job_submission.queue_on_uploads(context, replace(checked, job_request=wanted))
    except UploadNotFound as exc:  # removed since the check
        raise _removed(earlier, str(exc.details["upload_id"]), uploads) from exc


def _requested(context: AppContext, earlier: Job) -> JobSpec:
    """Return the job in the body; without a body the earlier one, with its preset as it was."""
    if content_length() == 0:
        return spec.rebuild_job(json.loads(earlier.spec))
    if request.mimetype != "application/json":
        raise UnsupportedMediaType(
            "Send the changed job as application/json, or no body for the same one.",
            field="Content-Type",
        )
    raw = job_submission.read_json()
    return spec.parse_job(raw, presets=context.presets, containers=ffmpeg.container_extensions())


def _require_same_inputs(job: JobSpec, uploads: tuple[str, ...]) -> None:
    if len(job.sources) != len(uploads):
        raise InvalidArgument(
            "inputs",
            f"The job has {len(job.sources)} inputs, and the earlier one has {len(uploads)}; "
            "a retry has the same ones.",
        )
    for number, (source, upload_id) in enumerate(zip(job.sources, uploads, strict=True)):
        if source.upload_id not in (None, upload_id):
            raise InvalidArgument(
                f"{job.source_field(number)}.upload_id",
                "A retry has the inputs of the earlier job; submit another upload as a new job.",
            )


def _require_stored(context: AppContext, earlier: Job, uploads: tuple[str, ...]) -> None:
    for upload_id in uploads:
        try:
            state = store.find_upload(context.session, upload_id).state
        except UploadNotFound as exc:
            raise _removed(earlier, upload_id, uploads) from exc
        if state is UploadState.REMOVED:
            raise _removed(earlier, upload_id, uploads)


def _removed(earlier: Job, upload_id: str, uploads: tuple[str, ...]) -> ResultExpired:
    which = "The input" if len(uploads) == 1 else f"Input {uploads.index(upload_id) + 1}"
    return ResultExpired(
        f"{which} of job {earlier.id} was removed; submit the job again with its files.",
        job_id=earlier.id,
        upload_id=upload_id,
    )
