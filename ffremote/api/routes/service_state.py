"""The routes of the service's state, for people who look after it."""

from flask import Blueprint, Response, jsonify

from ffremote.clock import utc_now
from ffremote.jobs import queries, totals
from ffremote.version import __version__

from .. import service_representation
from ..context import current
from ..service_state import health
from ..service_state.health import Level

blueprint = Blueprint("service_state", __name__)


@blueprint.get("/service")
def show() -> Response:
    """Return the state of the service: jobs, workers, space, and in words what is wrong."""
    context = current()
    counted = totals.by_state(context.session)
    numbers = health.numbers(context, counted)
    found = health.messages(context, numbers)
    oldest = queries.oldest_claimable(context.session)
    return jsonify(
        version=__version__,
        ready=all(each.level is not Level.ERROR for each in found),
        messages=[{"level": each.level, "text": each.text} for each in found],
        totals=counted,
        limits=service_representation.limits(context.settings),
        free_bytes=numbers.free_bytes,
        workers_alive=len(numbers.alive),
        slots=sum(worker.concurrency for worker in numbers.alive),
        oldest_queued_seconds=0.0 if oldest is None else (utc_now() - oldest).total_seconds(),
    )
