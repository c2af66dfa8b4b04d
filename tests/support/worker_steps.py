"""Claim and complete a job as a worker does, without FFmpeg."""

import hashlib

from sqlalchemy.orm import Session

from ffremote.files.storage import Storage
from ffremote.jobs import claims, queue

RESULT = b"result " * 1000
SHA = hashlib.sha256(RESULT).hexdigest()


def claim(session: Session) -> claims.Claim:
    needs = queue.claimable_needs(session)
    taken = queue.claim_next(session, worker_id="w", holder="h", needs=needs)
    assert taken is not None
    return taken


def complete(session: Session, storage: Storage) -> claims.Claim:
    """Claim the next job and complete it with `RESULT`."""
    taken = claim(session)
    attempt = storage.open_attempt(taken.job_id, taken.token, taken.upload_ids) / taken.token
    (attempt / "out.mp4").write_bytes(RESULT)
    storage.log(taken.job_id, taken.token).write_text("ffmpeg -i input\nframe= 1\n")
    storage.publish(taken.job_id, taken.token, f"{taken.token}/out.mp4")
    assert claims.complete(session, taken, claims.Result(len(RESULT), SHA, {"duration": 2.0}))
    return taken
