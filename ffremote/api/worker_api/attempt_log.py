"""The log of an attempt, in pieces as its worker writes it."""

import fcntl
import os

from ffremote.errors import FileTooLarge, UploadConflict
from ffremote.files.storage import Storage
from ffremote.ledger.values import Claim
from ffremote.ledger.wire import MAX_LOG_BYTES

from ..ingest.request_body import write_all


def append(storage: Storage, claim: Claim, piece: bytes, *, offset: int) -> int:
    """Add a piece that begins at `offset`, what is new of it; return the size of the log.

    Raise UploadConflict for a gap, FileTooLarge beyond the limit.
    """
    if offset + len(piece) > MAX_LOG_BYTES:
        raise FileTooLarge(
            f"The log of an attempt has at most {MAX_LOG_BYTES} bytes.", max_bytes=MAX_LOG_BYTES
        )
    path = storage.log(claim.job_id, claim.token)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if offset > size:
            raise UploadConflict(f"The log has {size} bytes.", offset=size)
        new = piece[size - offset :]
        write_all(file.write, new)
        return size + len(new)
