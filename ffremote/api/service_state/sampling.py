"""Keeps the history of the service: a sample each minute, counters, and old changes removed."""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from ffremote.clock import utc_now
from ffremote.jobs import workers
from ffremote.jobs.journal import changes, samples

from ..context import KEY, AppContext

log = logging.getLogger(__name__)

MINUTE_SECONDS = 60.0


def sample(context: AppContext) -> None:
    """Take the sample of this minute, unless another server has, and tidy up behind it."""
    session, storage = context.session, context.storage
    alive = len(workers.alive(session, storage))
    if samples.take(session, free_bytes=storage.free_bytes(), workers=alive):
        changes.prune(session)


def sample_for_ever(app: Flask) -> None:
    """Take a sample at the begin of each minute."""
    pause = threading.Event()  # never set: its wait is a sleep
    while True:
        try:
            with app.app_context():
                sample(app.extensions[KEY])
        except (SQLAlchemyError, OSError) as exc:
            log.warning("the sample of this minute is missing: %s", exc)
        pause.wait(MINUTE_SECONDS - utc_now().timestamp() % MINUTE_SECONDS)
