"""The routes of the service's state, for people who look after it."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from ffremote.clock import to_iso, utc_now
from ffremote.errors import InvalidArgument
from ffremote.jobs import queries, totals
from ffremote.jobs.journal import samples
from ffremote.jobs.journal.samples import MOST_MINUTES, Minute
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


@blueprint.get("/service/history")
def history() -> Response:
    """Return the last minutes of the service, oldest first, of the day that is kept."""
    minutes = _minutes(request.args.get("minutes", "60"))
    return jsonify(items=[_shown(each) for each in samples.last(current().session, minutes)])


def _shown(minute: Minute) -> dict[str, Any]:
    return asdict(minute) | {"at": to_iso(minute.at)}


def _minutes(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) < 6
    minutes = int(text) if is_number else 0
    if not 1 <= minutes <= MOST_MINUTES:
        raise InvalidArgument("minutes", f"{text[:40]!r} is not a number from 1 to {MOST_MINUTES}.")
    return minutes
