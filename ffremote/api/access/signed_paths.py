"""Paths that stand for a token: a player that cannot send one reads a job's files below them.

    /files/SIGNATURE/NAME        SIGNATURE = base64url(job, end, MAC of both)

A path is valid for one job and an hour. Its key is made from the token that asked for it, so that
it ends when that token is revoked, and so that nothing has to be stored.
"""

import base64
import binascii
import hashlib
import hmac
import struct
import uuid
from collections.abc import Collection
from datetime import datetime

from ffremote.errors import Forbidden, NotFound

PREFIX = "/files/"
VALID_SECONDS = 3600
ROUNDING_SECONDS = 60  # paths that are asked for within a minute are the same, for caches
_FIELDS = struct.Struct(">16sQ")
_MAC_BYTES = 18
_LENGTH = (_FIELDS.size + _MAC_BYTES) * 4 // 3


def sign(job_id: str, now: datetime, hashed: str) -> str:
    """Return the base path of a job's files, which ends with `/`, for the token with this hash."""
    end = int(now.timestamp()) + VALID_SECONDS
    end += -end % ROUNDING_SECONDS
    fields = _FIELDS.pack(uuid.UUID(job_id).bytes, end)
    signature = base64.urlsafe_b64encode(fields + _mac(hashed, fields)).decode()
    return f"{PREFIX}{signature}/"


def job_of(path: str, now: datetime, hashes: Collection[str]) -> str:
    """Return the id of the job whose files are below the signed `path`.

    Raise Forbidden when none of the tokens with these hashes signed it, or when it has ended;
    NotFound without tokens, because there are no such paths then.
    """
    if not hashes:
        raise NotFound("This server has no signed paths, because it requires no token.")
    try:
        fields, mac = _split(path.removeprefix(PREFIX).partition("/")[0])
    except (ValueError, binascii.Error) as exc:
        raise _invalid() from exc
    # All are compared, so that the duration reveals nothing.
    if not sum(hmac.compare_digest(mac, _mac(hashed, fields)) for hashed in hashes):
        raise _invalid()
    job, end = _FIELDS.unpack(fields)
    if end <= now.timestamp():
        raise Forbidden("This path has ended; ask for the job's files again for a new one.")
    return str(uuid.UUID(bytes=job))


def _mac(hashed: str, fields: bytes) -> bytes:
    key = hmac.digest(hashed.encode(), b"ffremote: paths of files, 2", hashlib.sha256)
    return hmac.digest(key, fields, hashlib.sha256)[:_MAC_BYTES]


def _split(signature: str) -> tuple[bytes, bytes]:
    """Return the signed fields and their MAC; raise ValueError unless written in the one form."""
    if len(signature) != _LENGTH or not signature.isascii():
        raise ValueError
    data = base64.b64decode(signature, altchars=b"-_", validate=True)
    return data[: _FIELDS.size], data[_FIELDS.size :]


def _invalid() -> Forbidden:
    return Forbidden("The signature in this path is not valid.")
