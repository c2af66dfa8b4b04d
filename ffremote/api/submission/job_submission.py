"""Submissions: a multipart form with the input files, or JSON that names uploads.

A job of sources is sent as either, without files and uploads.
"""

from flask import request

from ffremote.db.models import Job
from ffremote.depot.protocol import DepotAway
from ffremote.errors import InvalidArgument, UnsupportedMediaType
from ffremote.ffmpeg import DryRun
from ffremote.files import first_bytes
from ffremote.jobs import admission, new_files, store, submission
from ffremote.spec import Input

from .. import input_roles, job_check
from ..context import AppContext
from ..inflow.local import look_for_early_start
from ..ingest.multipart_form import FORM_BYTES, MAX_JOB_BYTES, FormReceiver, boundary_of
from ..ingest.request_body import content_length, file_too_large, read_all
from ..job_check import CheckedJob

MAX_KEY = 255
NOT_STORED = (
    "The job was not stored, nor its file: send the form again, or the file to /uploads, which "
    "does not have to be sent twice."
)


def submit(context: AppContext) -> Job:
    """Queue the job of the current request and return it.

    Raises InvalidArgument, UnsupportedMediaType, FileTooLarge and the errors of admission.
    """
    if request.mimetype == "application/json":
        return _submit_json(context)
    if request.mimetype == "multipart/form-data":
        return _submit_form(context)
    raise UnsupportedMediaType(
        "Send multipart/form-data with the parts 'job' and 'file', or application/json.",
        field="Content-Type",
    )


def dry_run(context: AppContext) -> DryRun:
    """Return what the job of the current request would run, without storing anything."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send a dry run as application/json.", field="Content-Type")
    return job_check.dry_run(context, read_json())


def _submit_json(context: AppContext) -> Job:
    """Queue a job for stored uploads."""
    checked_job = job_check.check(context, read_json(), idempotency_key())
    checked_job.require_uploads()
    return queue_on_uploads(context, checked_job)


def queue_on_uploads(context: AppContext, checked_job: CheckedJob) -> Job:
    """Queue a checked job on the uploads of its request.

    Raises InvalidArgument, UploadNotFound, FileTooLarge and the errors of admission.
    """
    stored = store.find_uploads(context.session, checked_job.job_request.upload_ids)
    admission.require_total_size(context.settings, stored)
    input_roles.check_roles(context.storage, checked_job.spec, stored)
    sizes = [upload.bytes_expected or 0 for upload in stored]
    checked_job.require_sizes(sizes)
    job_request = checked_job.job_request
    job = submission.accept_uploads(
        context.session,
        context.storage,
        job_request,
        admit=context.admission_check(
            stored_bytes=sum(sizes), unpacked_bytes=job_request.unpacked_bytes(sizes)
        ),
    )
    if job.overlap is not None and job.upload_id is not None:
        look_for_early_start(context, job.upload_id)
    return job


def _submit_form(context: AppContext) -> Job:
    boundary = boundary_of(request.content_type or "")
    length = content_length()
    limit = context.settings.max_upload_bytes
    if length > limit + FORM_BYTES:
        raise file_too_large(length - FORM_BYTES, limit)
    key = idempotency_key()
    with admission.reserve(
        context.session,
        context.storage,
        context.settings,
        expected_bytes=min(length, limit),
        reservations=context.reservations,
    ):
        return _receive_form(context, boundary, length, key)


def _receive_form(context: AppContext, boundary: str, length: int, key: str | None) -> Job:
    checked: list[CheckedJob] = []

    def check_job(raw: bytes) -> int:
        checked.append(_check_form_job(context, raw, key))
        return checked[0].job_request.inputs

    def source_of(number: int) -> Input:
        return checked[0].spec.sources[number]

    with new_files.receiving(context.storage) as allocate:
        receiver = FormReceiver(
            allocate=allocate,
            max_bytes=context.settings.max_upload_bytes,
            on_job=check_job,
            check_head=lambda head, number: first_bytes.refuse_unfit(head, source_of(number)),
            check_size=lambda size, number: first_bytes.refuse_large(size, source_of(number).role),
        )
        body = request.environ["wsgi.input"]
        files = receiver.receive(body, boundary=boundary, length=length)
        checked[0].require_sizes([file.size for file in files])
    job_request = checked[0].job_request
    if not files:
        return submission.accept_uploads(
            context.session, context.storage, job_request, admit=context.admission_check()
        )
    try:
        return submission.accept_files(
            context.session,
            context.storage,
            context.settings,
            job_request,
            files,
            admit=context.form_check(job_request.unpacked_bytes([file.size for file in files])),
        )
    except DepotAway as exc:
        # Not kept for a retry: it may ask another server, and whoever has no 202 sends it again.
        raise type(exc)(f"{exc.message} {NOT_STORED}") from exc


def _check_form_job(context: AppContext, raw: bytes, key: str | None) -> CheckedJob:
    checked_job = job_check.check(context, raw, key)
    checked_job.refuse_uploads("A job sent with its file cannot name an upload.")
    return checked_job


def read_json() -> bytes:
    """Return the job JSON of the current request; raise InvalidArgument if it is too long."""
    if content_length() > MAX_JOB_BYTES:
        raise InvalidArgument("job", f"The job has more than {MAX_JOB_BYTES} bytes.")
    return read_all()


def idempotency_key() -> str | None:
    """Return the Idempotency-Key of the current request, None without one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise InvalidArgument(
            "Idempotency-Key", f"An Idempotency-Key has 1 to {MAX_KEY} printable ASCII characters."
        )
    return key
