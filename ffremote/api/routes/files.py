"""The routes of the files that a job has published."""

import re

from flask import Blueprint, Response, jsonify, request

from ffremote.errors import InvalidArgument
from ffremote.jobs import store

from .. import job_results, representation
from ..context import current

blueprint = Blueprint("files", __name__)

MAX_LIMIT = 2000
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@blueprint.get("/jobs/<job_id>/files")
def listed(job_id: str) -> Response:
    """List the files of a completed job, in their order."""
    session = current().session
    job = store.find(session, job_id)
    job_results.require_completed(job)
    start = _number("cursor", "0", least=0, most=10**9)
    limit = _number("limit", str(MAX_LIMIT), least=1, most=MAX_LIMIT)
    files = job_results.page(session, job, start=start, limit=limit)
    total = job_results.total(session, job)
    end = start + len(files)
    return jsonify(
        items=[representation.file(each) for each in files],
        total=total,
        next_cursor=str(end) if files and end < total else None,
    )


def _number(name: str, default: str, *, least: int, most: int) -> int:
    """Return a number of the query; raise InvalidArgument."""
    text = request.args.get(name, default)
    value = int(text) if _NUMBER.fullmatch(text) else -1
    if not least <= value <= most:
        raise InvalidArgument(name, f"{text[:40]!r} is not a number from {least} to {most}.")
    return value
