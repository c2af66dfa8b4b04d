"""The route by which an invitation becomes a worker's token; it takes no token itself."""

from flask import Blueprint, Response, jsonify

from ffremote.errors import NotFound, Unauthorized
from ffremote.jobs.fleet import invites
from ffremote.ledger import wire

from ..access.auth import hash_of
from ..context import current
from ..worker_api import bodies

blueprint = Blueprint("invited", __name__)


@blueprint.post("/join")
def join() -> Response:
    """Exchange an invitation, once, for a token of which only the worker knows the secret.

    Asked again with the same token, the answer is the same.
    """
    context = current()
    if not invites.exist(context.session):
        raise NotFound(f"{wire.API}/join does not exist.")
    context.failed_joins.require_few()
    wish = bodies.read(wire.JoinWish)
    try:
        name = invites.use(context.session, hash_of(wish.invite), token_hash=wish.token_hash)
    except Unauthorized:
        context.failed_joins.add()
        raise
    return jsonify(wire.Joined(name=name).model_dump())
