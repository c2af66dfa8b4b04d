"""What `ffremote-server` looks after while there are workers over HTTP, whether they call or not.

Lost workers, and jobs that became claimable without a bell: the bell of another host does not ring
here. So claims that wait need not look themselves, and an idle worker costs next to nothing.
"""

import logging
import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ffremote.jobs import queue

from ..context import KEY, AppContext
from ..placement.local_first import offer
from . import rescue

log = logging.getLogger(__name__)

IDLE_SECONDS = 5.0  # between two looks whether there are workers at all
FRONT_JOBS = 20


class Rounds:
    """One look after another, each with the app's context."""

    def __init__(self, context: AppContext, ring: Callable[[], None]) -> None:
        self._context = context
        self._ring = ring
        self._front: frozenset[str] = frozenset()

    def look(self) -> float:
        """Look once; return the seconds until the next look."""
        if not self._context.access.tokens.have_workers():
            return IDLE_SECONDS
        rescue.look()
        front = self._offered()
        if not front <= self._front:
            self._ring()
        self._front = front
        return rescue.LOOK_SECONDS

    def _offered(self) -> frozenset[str]:
        """Return the ids of the first jobs that workers over HTTP may claim."""
        context = self._context
        front = queue.front(context.session, FRONT_JOBS)
        if not front:
            return frozenset()
        crew = context.crew.live(context.session)
        wanted = [each.needs for each in front]
        offered = offer(wanted, crew, context.settings, context.storage)
        return frozenset(each.id for each in front if offered.includes(each.needs, each.ready_at))


def look_for_ever(app: Flask, ring: Callable[[], None]) -> None:
    """Look again and again; `ring` lets the claims that wait run again."""
    pause = threading.Event()  # never set: its wait is a sleep
    rounds = Rounds(app.extensions[KEY], ring)
    while True:
        seconds = IDLE_SECONDS
        try:
            with app.app_context():
                seconds = rounds.look()
        except (DBAPIError, PoolTimeout) as exc:
            log.warning("jobs and workers cannot be looked after: %s", exc)
        pause.wait(seconds)
