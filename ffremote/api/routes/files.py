"""The routes of the files that a job has published."""

import re

from flask import Blueprint, Response, jsonify, request, url_for

from ffremote.clock import utc_now
from ffremote.errors import InvalidArgument
from ffremote.jobs import store

from .. import job_results, representation
from ..access import guard, signed_paths
from ..access.signed_paths import PREFIX
from ..context import current
from ..file_response import send

blueprint = Blueprint("files", __name__)
signed = Blueprint("signed_files", __name__)

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
        base_path=_base_path(job.id),
    )


@blueprint.get("/jobs/<job_id>/files/<name>")
def one(job_id: str, name: str) -> Response:
    """Send one file of a completed job."""
    job = store.find(current().session, job_id)
    job_results.require(job)
    try:
        return send(job_results.one_of(current(), job, name))
    except FileNotFoundError as exc:
        raise job_results.expired(job) from exc


@signed.get(f"{PREFIX}<signature>/<name>")
def one_signed(signature: str, name: str) -> Response:
    """Send one file of the job that the signature in the path is for; no token is required."""
    hashes = current().access.tokens.client_hashes()
    return one(signed_paths.job_of(signature, utc_now(), hashes), name)


def _base_path(job_id: str) -> str:
    """Return the path to which a player appends the name of a file."""
    bearer = guard.bearer()
    if bearer is None:
        return url_for("files.one", job_id=job_id, name="")
    return request.script_root + signed_paths.sign(job_id, utc_now(), bearer.hash)


def _number(name: str, default: str, *, least: int, most: int) -> int:
    """Return a number of the query; raise InvalidArgument."""
    text = request.args.get(name, default)
    value = int(text) if _NUMBER.fullmatch(text) else -1
    if not least <= value <= most:
        raise InvalidArgument(name, f"{text[:40]!r} is not a number from {least} to {most}.")
    return value
