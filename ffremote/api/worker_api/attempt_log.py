"""The log of an attempt, in pieces as its worker writes it."""

import fcntl
import os

from ffremote.errors import FileTooLarge, UploadConflict
from ffremote.jobs.fleet import job_logs
from ffremote.ledger.values import Claim
from ffremote.ledger.wire import MAX_LOG_BYTES

from ..context import AppContext
from ..ingest.request_body import write_all


def append(context: AppContext, claim: Claim, piece: bytes, *, offset: int) -> int:
    """Add a piece that begins at `offset`, what is new of it; return the size of the log.

    Raise UploadConflict for a gap, FileTooLarge beyond the limit.
    """
    if offset + len(piece) > MAX_LOG_BYTES:
        raise FileTooLarge(
            f"The log of an attempt has at most {MAX_LOG_BYTES} bytes.", max_bytes=MAX_LOG_BYTES
        )
    if not context.storage.depot.is_on_this_disk:
        return _append_row(context, claim, piece, offset)
    path = context.storage.log(claim.job_id, claim.token)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        _require_no_gap(size, offset)
        new = piece[size - offset :]
        write_all(file.write, new)
        return size + len(new)


def _append_row(context: AppContext, claim: Claim, piece: bytes, offset: int) -> int:
    """Add the piece where every server can read it."""
    size = job_logs.add(context.session, claim.job_id, claim.token, piece, offset=offset)
    _require_no_gap(size, offset)
    return size


def _require_no_gap(size: int, offset: int) -> None:
    if offset > size:
        raise UploadConflict(f"The log has {size} bytes.", offset=size)
