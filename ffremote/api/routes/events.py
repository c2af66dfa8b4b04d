"""The routes of server-sent events: what changes, told while the connection is open."""

import re
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, current_app, request

from ffremote.errors import InvalidArgument
from ffremote.ids import is_id
from ffremote.jobs import store

from ..access import guard
from ..context import current
from ..ingest.request_body import HOLD, NoStreams
from ..live.hub import EXTENSION, Hub
from ..live.subscribers import Outlet, Wish

blueprint = Blueprint("events", __name__)

TYPE = "text/event-stream"
MOST_SHOWN = 500
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)

Opened = Callable[[Outlet], None]


@blueprint.get("/events")
def events() -> Response:
    """Tell, as server-sent events, what changes: jobs, progress, totals, workers.

    The connection stays open. `Last-Event-ID`, or `after`, names the last event that the client
    has, of the last hour.
    """
    wish = Wish(
        shown=_shown(request.args.get("jobs", "")),
        position=_position(),
        token_hash=_token_hash(),
    )
    return _open(wish)


@blueprint.get("/jobs/<job_id>/events")
def job_events(job_id: str) -> Response:
    """Tell, as server-sent events, the status of a job at each change.

    The connection stays open after the end of the job: its result may expire.
    """
    job = store.find(current().session, job_id)
    return _open(Wish(job_id=job.id, token_hash=_token_hash()))


def _open(wish: Wish) -> Response:
    """Return a response that the server keeps open, and to which the hub writes from then on."""
    hold: Callable[[Opened], Iterator[bytes]] | None = request.environ.get(HOLD)
    if hold is None:
        raise NoStreams(
            "This server runs under a WSGI server that cannot keep event streams open; run it "
            "with ffremote-server, or poll GET /api/v1/jobs and /api/v1/jobs/{id}/status."
        )
    hub = _hub()
    hub.require_room()
    body = iter(()) if request.method == "HEAD" else hold(lambda outlet: hub.add(wish, outlet))
    response = Response(body, content_type=TYPE)
    response.headers["X-Accel-Buffering"] = "no"  # nginx would keep events until it has a block
    return response


def _hub() -> Hub:
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # a thread needs the app
    found: Hub = app.extensions.setdefault(EXTENSION, Hub(app))
    return found


def _token_hash() -> str | None:
    found = guard.bearer()
    return None if found is None else found.hash


def _shown(text: str) -> frozenset[str]:
    wanted = frozenset(filter(None, text.split(",")))
    if len(wanted) > MOST_SHOWN:
        raise InvalidArgument("jobs", f"{len(wanted)} jobs are too many; name {MOST_SHOWN}.")
    for job_id in wanted:
        if not is_id(job_id):
            raise InvalidArgument("jobs", f"{job_id[:40]!r} is not the id of a job.")
    return wanted


def _position() -> int | None:
    """Return the number of the last event that the client knows; a browser sends the header."""
    text = request.headers.get("Last-Event-ID") or request.args.get("after")
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise InvalidArgument("after", f"{text[:40]!r} is not the id of an event.")
    return int(text)
