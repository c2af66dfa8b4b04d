"""Receipts for published results: what was published, signed, which the worker shows at the end.

    receipt = base64url(MAC + zlib(JSON of the record))

So any server can end the job, also one that has nothing of the attempt on its disk. The key is in
the database; the MAC covers the claim, so that a receipt is of no use for another.
"""

import base64
import binascii
import hashlib
import hmac
import zlib

from ffremote.db.secret import shared_key
from ffremote.errors import InvalidArgument
from ffremote.ledger.values import Claim

from ..context import AppContext
from .record import Record

_NAME = "receipts"
_MAC_BYTES = 32


def sign(context: AppContext, claim: Claim, record: Record) -> str:
    """Return the receipt for the published results of a claim."""
    packed = zlib.compress(record.model_dump_json().encode())
    return base64.urlsafe_b64encode(_mac(context, claim, packed) + packed).decode()


def read(context: AppContext, claim: Claim, receipt: str) -> Record:
    """Return what was published; raise InvalidArgument for what no server gave for this claim."""
    try:
        joined = base64.urlsafe_b64decode(receipt)
    except (binascii.Error, ValueError):
        joined = b""
    mac, packed = joined[:_MAC_BYTES], joined[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(context, claim, packed)):
        raise InvalidArgument("receipt", "This is no receipt for the results of this claim.")
    return Record.model_validate_json(zlib.decompress(packed))


def _mac(context: AppContext, claim: Claim, packed: bytes) -> bytes:
    named = f"ffremote: receipt, 1\0{claim.job_id}\0{claim.token}\0".encode()
    key = shared_key(context.session, _NAME)
    return hmac.digest(key, named + packed, hashlib.sha256)
