"""The routes of workers over HTTP themselves: what the server is, registration, signs of life."""

from flask import Blueprint, Response, jsonify

import ffremote
from ffremote.db.models import Worker
from ffremote.db.types import DatabaseNow
from ffremote.errors import NotFound
from ffremote.ids import is_id
from ffremote.jobs import remote_workers
from ffremote.ledger import wire
from ffremote.states import WorkerState

from ..context import current
from ..worker_api import bodies, facts, held, rescue

blueprint = Blueprint("remote_workers", __name__)


@blueprint.put("/workers/<worker_id>")
def register(worker_id: str) -> Response:
    """Register a worker, or the same one again."""
    if not is_id(worker_id):
        raise NotFound(f"{worker_id[:100]!r} is no id of a worker.")
    found = bodies.read(wire.WorkerFacts, limit=wire.LARGE_BODY_BYTES)
    facts.require_capabilities(found.capabilities)
    row = Worker(
        id=worker_id,
        state=WorkerState.UP,
        boot_id=remote_workers.place_of(worker_id),
        started_at=DatabaseNow(),
        heartbeat_at=DatabaseNow(),
        token_hash=held.bearer().hash,
        **found.model_dump(),
    )
    remote_workers.register(current().session, row)
    lease = current().settings.lease_seconds
    answer = wire.Registered(version=ffremote.__version__, lease_seconds=lease)
    return jsonify(answer.model_dump())


@blueprint.post("/workers/<worker_id>/beat")
def beat(worker_id: str) -> Response:
    """Record that a worker is alive; the answer says whether it is to drain."""
    if not is_id(worker_id):
        raise remote_workers.not_registered(worker_id)
    sign = bodies.read(wire.WorkerBeat)
    token = held.bearer().hash
    rescue.look()
    drain = remote_workers.beat(current().session, worker_id, token, sign.state, sign.free_bytes)
    return jsonify(wire.WorkerOrders(drain=drain).model_dump())
