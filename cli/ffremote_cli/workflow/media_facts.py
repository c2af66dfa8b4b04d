"""What a media file holds, from a completed job that described it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ClientError

_OF_THE_UPLOAD = ("upload_id", "filename", "bytes_received")


def facts_of(path: Path, job: Mapping[str, Any], sent_bytes: int | None = None) -> dict[str, Any]:
    """Return the facts of the file at `path`; raise ClientError if the server sent none.

    `sent_bytes` is what was sent of a file of which parts were.
    """
    described = job.get("input") or {}
    if "streams" not in described:
        raise ClientError(f"{path}: the server sent no description of it")
    facts = {key: each for key, each in described.items() if key not in _OF_THE_UPLOAD}
    if sent_bytes is not None:
        facts["sent_bytes"] = sent_bytes
        if sent_bytes < int(facts.get("bytes") or 0):
            del facts["sha256"]  # of the parts
    return {"path": str(path), "job_id": job["job_id"], **facts}
