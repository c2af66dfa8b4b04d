"""The routes below /uploads: tus 1.0.0, and the search for an upload by its content."""

from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from ffremote.db.models import Upload, UploadState
from ffremote.depot.protocol import DepotAway
from ffremote.errors import InvalidArgument, UnsupportedMediaType, UploadNotFound
from ffremote.files import first_bytes
from ffremote.ids import is_id
from ffremote.jobs import retention, store, submission
from ffremote.jobs.new_rows import JobRequest, NewUpload
from ffremote.spec import label_of

from .. import job_check, representation, upload_chunk, upload_completion
from ..access import guard
from ..context import current
from ..ingest import tus
from ..ingest.request_body import content_length, file_too_large
from ..submission.job_submission import idempotency_key

blueprint = Blueprint("uploads", __name__)


@blueprint.before_request
def _check_version() -> None:
    if request.method != "OPTIONS":
        tus.require_version(request.headers.get("Tus-Resumable"))


@blueprint.after_request
def _name_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    if "upload_location" in g:
        response.headers["Location"] = g.upload_location
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        response.headers["Tus-Version"] = tus.VERSION
    return response


@blueprint.route("/uploads", methods=["OPTIONS"])
@blueprint.route("/uploads/<upload_id>", methods=["OPTIONS"])
def options(upload_id: str | None = None) -> Response:
    """Return the supported version and extensions of tus."""
    if upload_id is not None and not is_id(upload_id):
        raise UploadNotFound(upload_id)
    response = Response(status=HTTPStatus.NO_CONTENT)
    response.headers["Tus-Version"] = tus.VERSION
    response.headers["Tus-Extension"] = tus.EXTENSIONS
    response.headers["Tus-Max-Size"] = str(current().settings.max_upload_bytes)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
    return response


@blueprint.post("/uploads")
def create() -> Response:
    """Create an upload, and queue the job in its metadata, if there is one."""
    context = current()
    new_upload = _read_new_upload()
    _check_first_chunk(new_upload.size)
    job_request = _job_request(new_upload)
    upload, job = submission.create_upload(
        context.session,
        context.storage,
        context.settings,
        new_upload,
        job_request,
        admit=context.admission_check(
            expected_bytes=new_upload.size,
            unpacked_bytes=job_request.unpacked_bytes([new_upload.size]) if job_request else 0,
            client=new_upload.client,
        ),
    )
    offset = upload_chunk.offset_of(context, upload)
    if _has_first_chunk() and offset == 0:
        offset = _receive_first_chunk(upload)
    document = representation.upload(upload, offset) | ({"job_id": job.id} if job else {})
    response = _with_offset_headers(jsonify(document), upload, offset)
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = _location(upload)
    return response


def _receive(upload: Upload, *, offset: int) -> int:
    """Append a chunk; if it is the last and cannot be kept or recorded now, retry that later."""
    try:
        return upload_chunk.receive(current(), upload, offset=offset)
    except (SQLAlchemyError, OSError, DepotAway):
        if upload_chunk.has_all_bytes(current(), upload):
            upload_completion.complete_in_background(_app(), upload.id)
        raise


def _app() -> Flask:
    return cast(Flask, cast(Any, current_app)._get_current_object())


def _receive_first_chunk(upload: Upload) -> int:
    """Append the bytes sent with the creation; return the size of the upload.

    The upload exists by now, so an error response has its Location too.
    """
    try:
        return _receive(upload, offset=0)
    except upload_chunk.Stalled as exc:
        return int(exc.details["offset"])
    except (*upload_chunk.REFUSALS, UploadNotFound):
        raise  # the upload is removed
    except Exception:
        g.upload_location = _location(upload)
        raise


@blueprint.get("/uploads")
def find() -> Response:
    """Find a complete upload by its sha256 and size, so that the same bytes are sent only once."""
    sha256 = tus.require_sha256(request.args.get("sha256"), field="sha256")
    if sha256 is None:
        raise InvalidArgument("sha256", "sha256 is missing.")
    size = tus.byte_count("bytes", request.args.get("bytes"))
    upload = store.find_identical_upload(current().session, sha256=sha256, size=size)
    if upload is None:
        raise UploadNotFound(sha256)
    upload_chunk.renew(current(), upload)
    return jsonify(representation.upload(upload, size))


@blueprint.get("/uploads/<upload_id>")
def show(upload_id: str) -> Response:
    """Return an upload and, in its headers, the offset at which to resume it."""
    upload = _find(upload_id)
    offset = upload_chunk.offset_of(current(), upload, settled=True)
    upload = _find(upload_id)
    if offset == upload.bytes_expected:
        upload_completion.require_kept(_app(), upload)
    response = _with_offset_headers(jsonify(representation.upload(upload, offset)), upload, offset)
    if upload.tus_metadata:
        response.headers["Upload-Metadata"] = upload.tus_metadata
    return response


@blueprint.patch("/uploads/<upload_id>")
def append(upload_id: str) -> Response:
    """Append the next bytes to an upload."""
    if request.mimetype != tus.CHUNK_TYPE:
        raise UnsupportedMediaType(f"Send the bytes as {tus.CHUNK_TYPE}.", field="Content-Type")
    offset = tus.byte_count("Upload-Offset", request.headers.get("Upload-Offset"))
    upload = _find(upload_id)
    offset = _receive(upload, offset=offset)
    return _with_offset_headers(Response(status=HTTPStatus.NO_CONTENT), upload, offset)


@blueprint.delete("/uploads/<upload_id>")
def remove(upload_id: str) -> Response:
    """Remove an upload."""
    retention.remove_upload(current().session, current().storage, upload_id)
    current().takeover.hang_up(upload_id)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post("/uploads/<upload_id>")
def override(upload_id: str) -> Response:
    """Run the method in X-HTTP-Method-Override, for clients behind proxies that only allow POST."""
    views = {"PATCH": append, "DELETE": remove, "HEAD": show}
    method = request.headers.get("X-HTTP-Method-Override", "").upper()
    if method not in views:
        raise InvalidArgument(
            "X-HTTP-Method-Override",
            f"X-HTTP-Method-Override must be one of {', '.join(views)}, not {method[:40]!r}.",
        )
    return views[method](upload_id)


def _read_new_upload() -> NewUpload:
    if "Upload-Defer-Length" in request.headers:
        raise InvalidArgument(
            "Upload-Defer-Length", "Deferred lengths are not supported; send Upload-Length."
        )
    size = tus.byte_count("Upload-Length", request.headers.get("Upload-Length"))
    if size == 0:
        first_bytes.refuse_wrong(b"")
    raw = request.headers.get("Upload-Metadata")
    values = tus.parse_metadata(raw)
    first_bytes.refuse_large(size, tus.role_in(values))
    tus.require_sha256(tus.metadata_text(values, "original-sha256"))
    return NewUpload(
        size=size,
        filename=label_of(values.get("filename")),
        sha256=tus.require_sha256(tus.metadata_text(values, "sha256")),
        tus_metadata=raw,
        client=guard.client(),
    )


def _has_first_chunk() -> bool:
    return request.mimetype == tus.CHUNK_TYPE


def _check_first_chunk(size: int) -> None:
    """Refuse an invalid first chunk before the upload is created, so that none is left behind."""
    if _has_first_chunk():
        tus.parse_checksum(request.headers.get("Upload-Checksum"))
        if content_length() > size:
            raise file_too_large(content_length(), size)


def _job_request(new_upload: NewUpload) -> JobRequest | None:
    raw = tus.parse_metadata(new_upload.tus_metadata).get("job")
    if raw is None:
        return None
    checked = job_check.check(current(), raw, idempotency_key())
    checked.refuse_uploads("A job in the metadata of an upload cannot name another upload.")
    if checked.job_request.inputs != 1:
        count = checked.job_request.inputs
        instead = "create the uploads first, then name them in a job for" if count else "send it to"
        raise InvalidArgument(
            "inputs",
            f"A job in the metadata of an upload has one input, this one has {count}; {instead} "
            "POST /api/v1/jobs.",
        )
    return checked.job_request


def _find(upload_id: str) -> Upload:
    upload = store.find_upload(current().session, upload_id)
    if upload.state is UploadState.REMOVED:
        raise UploadNotFound(upload_id)
    return upload


def _location(upload: Upload) -> str:
    return url_for("uploads.show", upload_id=upload.id)


def _with_offset_headers(response: Response, upload: Upload, offset: int) -> Response:
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Length"] = str(upload.bytes_expected)
    if upload.state is UploadState.ARRIVING:
        response.headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return response
