"""The next job for a worker over HTTP, or the one that it holds already."""

from sqlalchemy.exc import IntegrityError

from ffremote.errors import Conflict
from ffremote.jobs import queue, remote_workers
from ffremote.jobs.remote_workers import Standing
from ffremote.ledger import wire
from ffremote.ledger.needs import fits
from ffremote.ledger.values import Claim

from ..context import AppContext
from ..placement.local_first import offer
from . import held


class TokenUsed(Conflict):
    """Another claim has, or had, the token."""

    code = "CLAIM_LOST"


def held_already(context: AppContext, wish: wire.ClaimWish) -> Claim | None:
    """Return the claim with the token, if an earlier answer was lost; raise TokenUsed."""
    found = queue.find_claim(context.session, wish.token)
    if found is not None and held.standing(context, found.job_id, wish.token) is not Standing.HELD:
        raise TokenUsed("Another claim has this token.")
    return found


def claim(context: AppContext, wish: wire.ClaimWish) -> Claim | None:
    """Claim the first job that the worker can run and is offered; return None if there is none.

    Raise QueueFull if the worker holds too many, TokenUsed.
    """
    session, able = context.session, frozenset(wish.able)
    wanted = [each for each in queue.claimable_needs(session) if fits(each, able, wish.free_bytes)]
    if not wanted:
        return None
    remote_workers.require_free_slot(session, wish.worker_id)
    offered = offer(wanted, context.crew.live(session), context.settings, context.storage)
    try:
        return queue.claim_next(
            session,
            worker_id=wish.worker_id,
            holder=wish.holder,
            needs=offered.now,
            token=wish.token,
            later=offered.later,
            before=offered.before,
        )
    except IntegrityError as exc:
        raise TokenUsed("Another claim has this token.") from exc
