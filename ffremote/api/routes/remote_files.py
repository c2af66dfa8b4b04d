"""The routes of the files of a claim over HTTP: inputs out, results and log in."""

from flask import Blueprint, Response, jsonify, request

from ffremote.depot import keys
from ffremote.errors import FileTooLarge, NotFound
from ffremote.jobs import inputs, store
from ffremote.ledger import wire

from .. import delivery
from ..context import current
from ..file_response import Download, KeptFile, send
from ..ingest import tus
from ..ingest.request_body import content_length, read_all
from ..worker_api import attempt_log, bodies, direct, held, receipts, results
from .remote_claims import CLAIM

blueprint = Blueprint("remote_files", __name__)

RESULT = f"{CLAIM}/results/<int:number>"
OFFSET = "Upload-Offset"
BYTES = "application/octet-stream"


@blueprint.get(f"{CLAIM}/inputs/<int:number>")
def one_input(job_id: str, token: str, number: int) -> Response:
    """Send an input of a claimed job."""
    held.require(job_id, token)
    context = current()
    uploads = inputs.upload_ids(context.session, store.find(context.session, job_id))
    if number >= len(uploads):
        raise NotFound(f"The job has {len(uploads)} inputs.")
    upload = store.find_upload(context.session, uploads[number])
    depot, key = context.storage.holding(upload.object), keys.upload(upload.id)
    hand_over = delivery.redirecting(context, depot, key)
    download = Download(KeptFile(depot, key), BYTES, sha256=upload.sha256, hand_over=hand_over)
    try:
        return send(download)
    except FileNotFoundError as exc:
        raise NotFound("This input was removed.") from exc


@blueprint.route(RESULT, methods=["HEAD"])
def offset(job_id: str, token: str, number: int) -> Response:
    """Return how many bytes of a result have arrived."""
    size = results.offset_of(current(), held.require(job_id, token), _position(number))
    return Response(headers={OFFSET: str(size)})


@blueprint.patch(RESULT)
def receive(job_id: str, token: str, number: int) -> Response:
    """Append bytes to a result, from the offset that has arrived on."""
    start = tus.byte_count(OFFSET, request.headers.get(OFFSET))
    claim = held.require(job_id, token)
    size = results.receive(current(), claim, _position(number), offset=start)
    return Response(status=204, headers={OFFSET: str(size)})


@blueprint.post(f"{RESULT}/parts")
def parts(job_id: str, token: str, number: int) -> Response:
    """Return links for the parts of the only result, where it may go to the object store itself."""
    wish = bodies.read(wire.PartsWish)
    claim = held.require(job_id, token)
    found = direct.offer(current(), claim, wish) if number == 0 else wire.PartsOffer()
    return jsonify(found.model_dump())


@blueprint.post(f"{CLAIM}/results")
def publish(job_id: str, token: str) -> Response:
    """Check the results that have arrived and keep them; the job goes on until it is completed."""
    sent = bodies.read(wire.SentResults, limit=wire.LARGE_BODY_BYTES)
    context, claim = current(), held.require(job_id, token)
    record = results.publish(context, claim, sent)
    answer = wire.Published(
        bytes=record.bytes,
        sha256=record.sha256,
        crc32s=[each.crc32 for each in record.files],
        receipt=receipts.sign(context, claim, record),
    )
    return jsonify(answer.model_dump())


@blueprint.post(f"{CLAIM}/log")
def log(job_id: str, token: str) -> Response:
    """Append a piece to the log of an attempt; bytes that are there already are left out."""
    start, length = tus.byte_count(OFFSET, request.headers.get(OFFSET)), content_length()
    if length > wire.LOG_PIECE_BYTES:
        raise FileTooLarge(
            f"A piece of a log has at most {wire.LOG_PIECE_BYTES} bytes.",
            max_bytes=wire.LOG_PIECE_BYTES,
        )
    claim = held.require(job_id, token)
    size = attempt_log.append(current(), claim, read_all(), offset=start)
    return Response(status=204, headers={OFFSET: str(size)})


def _position(number: int) -> int:
    if number >= wire.MAX_FILES:
        raise NotFound(f"A job has at most {wire.MAX_FILES} files.")
    return number
