"""The requests of tus 1.0.0: create an upload, send its bytes in pieces, ask for its offset."""

import base64
import re
from collections.abc import Mapping

import requests

from ...errors import Refused, Unreachable
from ...file_names import server_label
from ..http import HttpSession
from .source import SourceFile, SourceSlice
from .transfer import Transfer

PIECE_BYTES = 64 << 20
ANSWER_SECONDS = 600.0
_DELETE_SECONDS = 5.0
_VERSION = {"Tus-Resumable": "1.0.0"}


def max_upload_bytes(http: HttpSession) -> int | None:
    """Return the largest upload that the server accepts by tus; None if it does not support tus."""
    try:
        headers = http.call("OPTIONS", "/uploads").headers
    except Unreachable:  # a proxy that blocks OPTIONS
        return None
    except Refused as exc:
        if exc.status in (404, 405, 501):
            return None
        raise
    if "creation" not in headers.get("Tus-Extension", ""):
        return None
    largest = headers.get("Tus-Max-Size", "")
    return int(largest) if largest.isdigit() else 1 << 62


def create_upload(
    http: HttpSession,
    source: SourceFile,
    *,
    role: str = "media",
    job: str | None = None,
    idempotency_key: str = "",
) -> tuple[str, Mapping[str, str]]:
    """Create an upload for an input of this role, with the job that it is for if there is one.

    Returns the URL of the upload and the JSON of the response.
    """
    metadata = [f"filename {_base64(server_label(source.path.name))}"]
    headers = {**_VERSION, "Upload-Length": str(source.size)}
    if role != "media":
        metadata.append(f"role {_base64(role)}")
    if job is not None:
        metadata.append(f"job {_base64(job)}")
        headers["Idempotency-Key"] = idempotency_key
    if source.original_sha256 is not None:
        metadata.append(f"order {_base64(source.order)}")
        metadata.append(f"original-sha256 {_base64(source.original_sha256())}")
    headers["Upload-Metadata"] = ",".join(metadata)
    response = http.call("POST", "/uploads", headers=headers)
    url = requests.compat.urljoin(http.url, response.headers["Location"])
    return url, response.json()


def upload_offset(http: HttpSession, url: str) -> int:
    """Return how many bytes of the upload the server has."""
    text = http.call("GET", url, headers=_VERSION).headers.get("Upload-Offset", "")
    if not re.fullmatch(r"[0-9]+", text):
        raise Unreachable("the server sent no valid Upload-Offset for the upload")
    return int(text)


def settled_offset(http: HttpSession, url: str, transfer: Transfer) -> int:
    """Return the same; ask again while the server says that it will know in a moment."""
    try:
        return upload_offset(http, url)
    except Refused as exc:
        if not exc.is_passing:
            raise
        return _offset_after(exc, http, url, transfer)


def delete_upload(http: HttpSession, url: str) -> None:
    """Delete the upload from the server, unless that has removed it, as with a canceled job."""
    try:
        http.call("DELETE", url, headers=_VERSION, answer_seconds=_DELETE_SECONDS)
    except Refused as exc:
        if exc.code != "UPLOAD_NOT_FOUND":
            raise


def send_bytes(
    http: HttpSession, url: str, source: SourceFile, offset: int, transfer: Transfer
) -> None:
    """Send the input from `offset` to its end; after a break continue at the server's offset."""
    transfer.report_sent(offset, source.size)
    while offset < source.size:
        offset = _send_piece(http, url, source, offset, transfer)


def _send_piece(
    http: HttpSession, url: str, source: SourceFile, offset: int, transfer: Transfer
) -> int:
    """Send one piece; return the server's new offset, also after a break."""
    length = min(PIECE_BYTES, source.size - offset)
    headers = {
        **_VERSION,
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }
    body = SourceSlice(source, offset, length, transfer, on_bytes=transfer.report_sent)
    try:
        http.call("PATCH", url, data=body, headers=headers, answer_seconds=ANSWER_SECONDS)
    except (Unreachable, Refused) as exc:
        reached = _offset_after(exc, http, url, transfer)
        if reached > offset:
            transfer.retry.reset()
        return reached
    transfer.retry.reset()
    return offset + length


def _offset_after(
    error: Unreachable | Refused, http: HttpSession, url: str, transfer: Transfer
) -> int:
    """Back off and ask for the offset; a conflict means that the server has another one."""
    while True:
        if isinstance(error, Refused) and error.code == "UPLOAD_CONFLICT":
            error = Unreachable(error.message, hint=error.hint)
        transfer.retry.backoff(error)
        try:
            return upload_offset(http, url)
        except (Unreachable, Refused) as exc:
            error = exc


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
