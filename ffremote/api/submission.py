"""How a job is handed in: as a form with its file, or as JSON that names an upload."""

from flask import request

from ffremote.db.models import Job
from ffremote.errors import InvalidArgument, UnsupportedMediaType
from ffremote.ffmpeg import DryRun
from ffremote.jobs import admission, store, submission
from ffremote.jobs.new_rows import JobRequest

from . import job_check
from .context import AppContext
from .ingest.multipart_form import FORM_BYTES, MAX_JOB_BYTES, FormReceiver, boundary_of
from .ingest.request_body import announced_length, read_all, too_large

MAX_KEY = 255


def submit(context: AppContext) -> Job:
    """Take in the job of the current request."""
    if request.mimetype == "application/json":
        return _submit_json(context)
    if request.mimetype == "multipart/form-data":
        return _submit_form(context)
    raise UnsupportedMediaType(
        "Send multipart/form-data with the parts 'job' and 'file', or application/json.",
        field="Content-Type",
    )


def dry_run(context: AppContext) -> DryRun:
    """Say what the job of the current request would run; nothing is stored."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("A dry run takes application/json.", field="Content-Type")
    return job_check.dry_run(context, read_json())


def _submit_json(context: AppContext) -> Job:
    """Queue a job for an upload."""
    checked = job_check.check(context, read_json(), idempotency_key())
    if checked.upload_id is None:
        raise InvalidArgument("input.upload_id", "Without a file, the job has to name an upload.")
    stored = store.find_upload(context.session, checked.upload_id)
    return submission.accept_upload(
        context.session,
        context.storage,
        checked.order,
        checked.upload_id,
        admit=context.admitting(stored_bytes=stored.bytes_expected),
    )


def _submit_form(context: AppContext) -> Job:
    boundary = boundary_of(request.content_type or "")
    length = announced_length()
    limit = context.settings.max_upload_bytes
    if length > limit + FORM_BYTES:
        raise too_large(length - FORM_BYTES, limit)
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
    taken: list[JobRequest] = []
    upload_id, path = submission.allocate_upload(context.storage)
    receiver = FormReceiver(
        upload_id=upload_id,
        path=path,
        max_file_bytes=context.settings.max_upload_bytes,
        take_job=lambda raw: taken.append(_order_for_file(context, raw, key)),
        see_head=admission.refuse_non_media,
    )
    try:
        body = request.environ["wsgi.input"]
        file = receiver.receive(body, boundary=boundary, length=length)
    except BaseException:
        context.storage.discard_upload(upload_id)
        raise
    return submission.accept_file(
        context.session, context.storage, context.settings, taken[0], file
    )


def _order_for_file(context: AppContext, raw: bytes, key: str | None) -> JobRequest:
    checked = job_check.check(context, raw, key)
    if checked.upload_id is not None:
        raise InvalidArgument(
            "input.upload_id", "The form brings its own file, so the job cannot name an upload."
        )
    return checked.order


def read_json() -> bytes:
    """Return the small body of the current request."""
    if announced_length() > MAX_JOB_BYTES:
        raise InvalidArgument("job", f"The job has more than {MAX_JOB_BYTES} bytes.")
    return read_all()


def idempotency_key() -> str | None:
    """Return the Idempotency-Key of the current request, if it has one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise InvalidArgument(
            "Idempotency-Key", f"An Idempotency-Key has 1 to {MAX_KEY} printable characters."
        )
    return key
