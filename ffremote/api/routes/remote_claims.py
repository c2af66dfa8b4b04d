"""The routes of claims over HTTP: claimed, renewed, described, ended. Each may be asked again."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from ffremote.depot.protocol import DepotAway
from ffremote.errors import Conflict
from ffremote.host import notify
from ffremote.ids import is_id
from ffremote.jobs import claims, queue, remote_workers, store
from ffremote.jobs.remote_workers import Standing
from ffremote.ledger import wire
from ffremote.ledger.values import Claim, ProgressUpdate, Result

from ..context import AppContext, current
from ..ingest.request_body import PARKED
from ..worker_api import bodies, claiming, facts, held, receipts, rescue, results
from ..worker_api.record import Record

log = logging.getLogger(__name__)

blueprint = Blueprint("remote_claims", __name__)

CLAIM = "/jobs/<job_id>/<token>"
NOTHING = 204


class NotPublished(Conflict):
    """The results of the attempt were not published yet."""

    code = "JOB_NOT_READY"


@blueprint.post("/claims")
def claim() -> Response:
    """Claim the next job that a worker can run; 204 if there is none after `wait_seconds`.

    Asked again with the same token, the answer is the same claim. A server that has no threads to
    spare for waiting answers at once.
    """
    wish, context = bodies.read(wire.ClaimWish), current()
    remote_workers.require(context.session, wish.worker_id, held.bearer().hash)
    found = claiming.held_already(context, wish) or claiming.claim(context, wish)
    if found is None and rescue.look():
        found = claiming.claim(context, wish)
    if found is not None:
        return jsonify(_claimed(context, found).model_dump())
    parked: Callable[[float], BaseException] | None = request.environ.get(PARKED)
    if parked is not None and wish.wait_seconds > 0:
        raise parked(wish.wait_seconds)
    return Response(status=NOTHING)


@blueprint.get("/claims/<token>")
def held_claim(token: str) -> Response:
    """Show the claim with a token, whose answer was lost; 204 if there is none."""
    context = current()
    found = queue.find_claim(context.session, token) if is_id(token) else None
    if found is None:
        return Response(status=NOTHING)
    if held.standing(context, found.job_id, token) is not Standing.HELD:
        raise held.lost()
    return jsonify(_claimed(context, found).model_dump())


@blueprint.get(CLAIM)
def show(job_id: str, token: str) -> Response:
    """Show what became of a claim."""
    found = held.standing(current(), job_id, token)
    return jsonify(wire.Standing(state=found.value).model_dump())


@blueprint.post(f"{CLAIM}/beat")
def beat(job_id: str, token: str) -> Response:
    """Renew a claim, and record the progress of its job."""
    sign, claim = bodies.read(wire.Beat), held.require(job_id, token)
    update = ProgressUpdate(sign.phase, sign.percent, _json(sign.progress), sign.message)
    return _done(claims.report(current().session, claim, update))


@blueprint.post(f"{CLAIM}/describe")
def describe(job_id: str, token: str) -> Response:
    """Record the exact command and what the inputs contain, before FFmpeg starts."""
    plan = bodies.read(wire.Plan, limit=wire.LARGE_BODY_BYTES)
    facts.require_of_inputs(plan.info)
    claim = held.require(job_id, token)
    is_held = claims.record_plan(
        current().session, claim, command=plan.command, warnings=plan.warnings, info=plan.info
    )
    return _done(is_held)


@blueprint.post(f"{CLAIM}/complete")
def complete(job_id: str, token: str) -> Response:
    """End a job as completed, with the results that were published before."""
    end, context = bodies.read(wire.End, limit=wire.LARGE_BODY_BYTES), current()
    if held.standing(context, job_id, token) is Standing.COMPLETED:
        return Response(status=NOTHING)
    claim = held.require(job_id, token)
    record = _record(context, claim, end) if end.has_results else None
    result, named = _result(record, end), None if record is None else record.object
    is_held = claims.complete(context.session, claim, result, result_object=named)
    return _ended(context, claim, is_held, has_result=True)


@blueprint.post(f"{CLAIM}/fail")
def fail(job_id: str, token: str) -> Response:
    """End a job as failed."""
    end, context = bodies.read(wire.Failed), current()
    if held.standing(context, job_id, token) is Standing.FAILED:
        return Response(status=NOTHING)
    claim = held.require(job_id, token)
    details = end.model_dump(mode="json")
    is_held = claims.fail(
        context.session, claim, reason=end.reason, message=end.message, details=details
    )
    return _ended(context, claim, is_held)


@blueprint.post(f"{CLAIM}/release")
def release(job_id: str, token: str) -> Response:
    """Return a job to the queue without counting the attempt."""
    why, context = bodies.read(wire.Released), current()
    if held.standing(context, job_id, token) is Standing.RELEASED:
        return Response(status=NOTHING)
    claim = held.require(job_id, token)
    response = _ended(context, claim, claims.release(context.session, claim, message=why.message))
    notify.notify_all(context.storage.run)
    return response


def _claimed(context: AppContext, found: Claim) -> wire.Claimed:
    inputs = [
        wire.ClaimInput(upload_id=each.id, bytes=each.bytes_expected or 0, sha256=each.sha256 or "")
        for each in store.find_uploads(context.session, found.upload_ids)
    ]
    return wire.Claimed(
        job_id=found.job_id,
        token=found.token,
        attempt=found.attempt,
        spec=found.spec,
        inputs=inputs,
    )


def _record(context: AppContext, claim: Claim, end: wire.End) -> Record | None:
    if end.receipt:
        return receipts.read(context, claim, end.receipt)
    return results.recorded(context, claim)


def _result(record: Record | None, end: wire.End) -> Result:
    totals, warnings = _json(end.progress), tuple(end.warnings)
    if not end.has_results:
        info = facts.of_result(end.info, size=None, files=0)
        return Result(None, None, info, warnings, totals)
    if record is None:
        raise NotPublished(
            f"The results of this attempt were not published at this server. {results.ONE}"
        )
    info = facts.of_result(end.info, size=record.bytes, files=len(record.files))
    return Result(record.bytes, record.sha256, info, warnings, totals, tuple(record.files))


def _json(progress: wire.Progress | None) -> dict[str, Any] | None:
    return None if progress is None else progress.model_dump(by_alias=True)


def _ended(
    context: AppContext, claim: Claim, is_held: bool, *, has_result: bool = False
) -> Response:
    """Remove the files of an attempt that has ended, but its result and its log."""
    keeps_result = has_result and is_held
    try:
        context.storage.discard_attempt(claim.job_id, claim.token, result=not keeps_result)
    except (OSError, DepotAway) as exc:
        log.warning("job %s: its files are left for a sweep: %s", claim.job_id, exc)
    return _done(is_held)


def _done(is_held: bool) -> Response:
    if not is_held:
        raise held.lost()
    return Response(status=NOTHING)
