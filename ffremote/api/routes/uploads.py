"""The calls on /uploads: tus 1.0.0, and the question whether some bytes are here already."""

from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Response, current_app, g, jsonify, request, url_for
from sqlalchemy.exc import SQLAlchemyError

from ffremote.db.models import Upload, UploadState
from ffremote.errors import InvalidArgument, UnsupportedMediaType, UploadNotFound
from ffremote.files.storage import is_id
from ffremote.jobs import admission, retention, store, submission
from ffremote.jobs.new_rows import JobRequest, NewUpload
from ffremote.spec import label_of

from .. import job_check, representation, upload_chunk, upload_completion
from ..access import guard
from ..context import current
from ..ingest import tus
from ..ingest.request_body import announced_length, too_large
from ..submission import idempotency_key

blueprint = Blueprint("uploads", __name__)


@blueprint.before_request
def _check_version() -> None:
    if request.method != "OPTIONS":
        tus.require_version(request.headers.get("Tus-Resumable"))


@blueprint.after_request
def _name_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = tus.VERSION
    if "upload_place" in g:
        response.headers["Location"] = g.upload_place
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        response.headers["Tus-Version"] = tus.VERSION
    return response


@blueprint.route("/uploads", methods=["OPTIONS"])
@blueprint.route("/uploads/<upload_id>", methods=["OPTIONS"])
def options(upload_id: str | None = None) -> Response:
    """Tell what of tus is spoken here."""
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
    """Begin an upload, and queue the job that rides in its metadata."""
    here = current()
    announced = _announced()
    _check_first_piece(announced.size)
    upload, job = submission.create_upload(
        here.session,
        here.storage,
        here.settings,
        announced,
        _order(announced),
        admit=here.admitting(expected_bytes=announced.size, client=announced.client),
    )
    offset = upload_chunk.offset_of(here, upload)
    if _brings_first_piece() and offset == 0:
        offset = _receive_first_piece(upload)
    document = representation.upload(upload, offset) | ({"job_id": job.id} if job else {})
    response = _placed(jsonify(document), upload, offset)
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = _place(upload)
    return response


def _receive(upload: Upload, *, offset: int) -> int:
    """Take in a piece; a last one whose row cannot be written now is recorded later."""
    try:
        return upload_chunk.receive(current(), upload, offset=offset)
    except (SQLAlchemyError, OSError):
        if upload_chunk.is_whole(current(), upload):
            upload_completion.close_later(cast(Any, current_app)._get_current_object(), upload.id)
        raise


def _receive_first_piece(upload: Upload) -> int:
    """Take in the bytes that came with the creation; return where the upload ends now.

    There is an upload by now: its client hears of its place whatever becomes of the piece.
    """
    try:
        return _receive(upload, offset=0)
    except upload_chunk.Stalled as exc:
        return int(exc.details["offset"])
    except (*upload_chunk.REFUSALS, UploadNotFound):
        raise  # with these it is gone
    except Exception:
        g.upload_place = _place(upload)
        raise


@blueprint.get("/uploads")
def find() -> Response:
    """Find a whole upload by its sha256 and size, so that the same bytes are sent only once."""
    sha256 = tus.sha256(request.args.get("sha256"), field="sha256")
    if sha256 is None:
        raise InvalidArgument("sha256", "Say which sha256 you look for.")
    size = tus.number("bytes", request.args.get("bytes"))
    upload = store.find_identical_upload(current().session, sha256=sha256, size=size)
    if upload is None:
        raise UploadNotFound(sha256)
    upload_chunk.keep(current(), upload)
    return jsonify(representation.upload(upload, size))


@blueprint.get("/uploads/<upload_id>")
def show(upload_id: str) -> Response:
    """Tell how far an upload has come; what tus asks by HEAD."""
    upload = _find(upload_id)
    offset = upload_chunk.offset_of(current(), upload)
    upload = _find(upload_id)
    response = _placed(jsonify(representation.upload(upload, offset)), upload, offset)
    if upload.tus_metadata:
        response.headers["Upload-Metadata"] = upload.tus_metadata
    return response


@blueprint.patch("/uploads/<upload_id>")
def append(upload_id: str) -> Response:
    """Take in the next bytes."""
    if request.mimetype != tus.PIECE:
        raise UnsupportedMediaType(f"Send the bytes as {tus.PIECE}.", field="Content-Type")
    offset = tus.number("Upload-Offset", request.headers.get("Upload-Offset"))
    upload = _find(upload_id)
    offset = _receive(upload, offset=offset)
    return _placed(Response(status=HTTPStatus.NO_CONTENT), upload, offset)


@blueprint.delete("/uploads/<upload_id>")
def remove(upload_id: str) -> Response:
    """Give an upload up."""
    retention.remove_upload(current().session, current().storage, upload_id)
    current().handovers.hang_up(upload_id)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.post("/uploads/<upload_id>")
def override(upload_id: str) -> Response:
    """Do what X-HTTP-Method-Override says, for clients behind proxies that know only POST."""
    deeds = {"PATCH": append, "DELETE": remove, "HEAD": show}
    wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
    if wanted not in deeds:
        raise InvalidArgument(
            "X-HTTP-Method-Override",
            f"A POST here needs X-HTTP-Method-Override: {', '.join(deeds)}; it is {wanted[:40]!r}.",
        )
    return deeds[wanted](upload_id)


def _announced() -> NewUpload:
    if "Upload-Defer-Length" in request.headers:
        raise InvalidArgument("Upload-Defer-Length", "Say the length of the upload at once.")
    size = tus.number("Upload-Length", request.headers.get("Upload-Length"))
    if size == 0:
        admission.refuse_non_media(b"")
    raw = request.headers.get("Upload-Metadata")
    values = tus.metadata(raw)
    return NewUpload(
        size=size,
        filename=label_of(values.get("filename")),
        sha256=tus.sha256(tus.text(values, "sha256")),
        tus_metadata=raw,
        client=guard.client(),
    )


def _brings_first_piece() -> bool:
    return request.mimetype == tus.PIECE


def _check_first_piece(size: int) -> None:
    """Refuse a wrong piece before there is an upload, of whose place the client would not hear."""
    if _brings_first_piece():
        tus.checksum(request.headers.get("Upload-Checksum"))
        if announced_length() > size:
            raise too_large(announced_length(), size)


def _order(announced: NewUpload) -> JobRequest | None:
    raw = tus.metadata(announced.tus_metadata).get("job")
    if raw is None:
        return None
    checked = job_check.check(current(), raw, idempotency_key())
    if checked.upload_id is not None:
        raise InvalidArgument(
            "input.upload_id", "The upload brings its own file, so its job cannot name another."
        )
    return checked.order


def _find(upload_id: str) -> Upload:
    upload = store.find_upload(current().session, upload_id)
    if upload.state is UploadState.REMOVED:
        raise UploadNotFound(upload_id)
    return upload


def _place(upload: Upload) -> str:
    return url_for("uploads.show", upload_id=upload.id)


def _placed(response: Response, upload: Upload, offset: int) -> Response:
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Length"] = str(upload.bytes_expected)
    if upload.state is UploadState.ARRIVING:
        response.headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return response
