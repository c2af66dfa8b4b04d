"""The operations of the API of workers, and the schemas of their bodies."""

from typing import Any

from ffremote.ledger import wire

from .operation import BINARY, CHUNK_TYPE, RANGE, Operation, header
from .shapes import COUNT, REF, Schema, ref

PREFIX = "Worker"
OFFSET = header("Upload-Offset", COUNT, required=True)
LOST = (404, 410)
BODIES: tuple[type[wire.Body], ...] = (
    *(wire.JoinWish, wire.Joined),
    *(wire.WorkerFacts, wire.Registered, wire.WorkerBeat, wire.WorkerOrders),
    *(wire.ClaimWish, wire.Claimed, wire.Standing, wire.Beat, wire.Plan),
    *(wire.PartsWish, wire.PartsOffer, wire.SentResults, wire.Published),
    *(wire.End, wire.Failed, wire.Released),
)


def worker_schemas() -> dict[str, Schema]:
    """Return the schemas of the bodies; their names begin with `Worker`."""
    schemas: dict[str, Schema] = {}
    for body in BODIES:
        schema = body.model_json_schema(ref_template=f"{REF}{PREFIX}{{model}}")
        for name, part in schema.pop("$defs", {}).items():
            schemas[f"{PREFIX}{name}"] = part
        schemas[f"{PREFIX}{body.__name__}"] = schema
    return schemas


def _json(body: type[wire.Body]) -> tuple[str, Any]:
    return "application/json", ref(f"{PREFIX}{body.__name__}")


def _takes(body: type[wire.Body], *errors: int) -> Operation:
    """Return an operation on a claim that has no answer but that it was done."""
    return Operation({204: None}, (400, 411, 413, *LOST, *errors), (), (_json(body),))


WORKER_OPERATIONS: dict[tuple[str, str], Operation] = {
    ("invited.join", "POST"): Operation(
        {200: _json(wire.Joined)}, (400, 401, 404, 411, 413, 429), (), (_json(wire.JoinWish),)
    ),
    ("remote_workers.register", "PUT"): Operation(
        {200: _json(wire.Registered)}, (400, 404, 411, 413, 429), (), (_json(wire.WorkerFacts),)
    ),
    ("remote_workers.beat", "POST"): Operation(
        {200: _json(wire.WorkerOrders)}, (400, 404, 411, 413), (), (_json(wire.WorkerBeat),)
    ),
    ("remote_claims.claim", "POST"): Operation(
        {200: _json(wire.Claimed), 204: None},
        (400, 404, 409, 411, 413, 429),
        (),
        (_json(wire.ClaimWish),),
    ),
    ("remote_claims.held_claim", "GET"): Operation({200: _json(wire.Claimed), 204: None}, LOST),
    ("remote_claims.show", "GET"): Operation({200: _json(wire.Standing)}, (404,)),
    ("remote_claims.beat", "POST"): _takes(wire.Beat),
    ("remote_claims.describe", "POST"): _takes(wire.Plan),
    ("remote_claims.complete", "POST"): _takes(wire.End, 409),
    ("remote_claims.fail", "POST"): _takes(wire.Failed),
    ("remote_claims.release", "POST"): _takes(wire.Released),
    ("remote_files.one_input", "GET"): Operation(
        {200: ("application/octet-stream", BINARY), 206: None, 304: None, 307: None},
        (416, *LOST),
        RANGE,
    ),
    ("remote_files.offset", "HEAD"): Operation({200: None}, LOST),
    ("remote_files.receive", "PATCH"): Operation(
        {204: None}, (400, 409, 411, 413, 423, 507, *LOST), (OFFSET,), (CHUNK_TYPE,)
    ),
    ("remote_files.parts", "POST"): Operation(
        {200: _json(wire.PartsOffer)}, (400, 411, 413, *LOST), (), (_json(wire.PartsWish),)
    ),
    ("remote_files.publish", "POST"): Operation(
        {200: _json(wire.Published)},
        (400, 411, 413, 423, *LOST),
        (),
        (_json(wire.SentResults),),
    ),
    ("remote_files.log", "POST"): Operation(
        {204: None}, (400, 409, 411, 413, *LOST), (OFFSET,), (("application/octet-stream", BINARY),)
    ),
}
