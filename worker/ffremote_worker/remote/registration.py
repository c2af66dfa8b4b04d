"""The worker's row at the server: made at the start, kept alive, made again if it was forgotten."""

import logging
import os
import socket
from collections.abc import Callable

from ffremote.errors import ConfigurationError
from ffremote.ledger import wire
from ffremote.ledger.outage import Outage
from ffremote.ledger.protocol import LedgerAway
from ffremote.ledger.values import NewWorker
from ffremote.states import WorkerState
from ffremote.version import __version__
from ffremote_cli.errors import Refused

from .line import Line, ServerAway, away, words
from .tries import Tries

log = logging.getLogger(__name__)

START_SECONDS = 30.0  # for which a server that is away is asked at the start


class Registration:
    """The row of one worker; `is_asked_to_drain` is what the server said last."""

    def __init__(
        self, line: Line, *, beat_seconds: float, free_bytes: Callable[[], int | None]
    ) -> None:
        """Tell the server with each beat how much this worker can store: `free_bytes`."""
        self._free_bytes = free_bytes
        self._line = line
        self._beat_seconds = beat_seconds
        self._worker: NewWorker | None = None
        self.is_asked_to_drain = False

    def begin(self, worker: NewWorker) -> None:
        """Register the worker; a server that is away is asked again for a while.

        Raise LedgerAway, ConfigurationError if the server will never take this worker.
        """
        self._worker = worker
        tries, outage = Tries(START_SECONDS), Outage(log)
        while True:
            try:
                self._register(worker)
            except ServerAway as exc:
                outage.goes_on(str(exc))
                self._wait(tries, exc)
            else:
                outage.is_over(f"{self._line.server} answers")
                return

    def beat(self, worker_id: str, state: WorkerState | None = None) -> None:
        """Record that the worker is alive now, and its state; raise LedgerAway."""
        path, body = (
            f"/workers/{worker_id}/beat",
            wire.WorkerBeat(state=state, free_bytes=self._free_bytes()),
        )
        try:
            orders = self._line.ask(
                wire.WorkerOrders, "POST", path, body=body, seconds=self._beat_seconds
            )
        except Refused as exc:
            if exc.status != 404 or self._worker is None:
                raise away(exc) from exc
            self._register_again(self._worker)
        except ServerAway as exc:
            raise away(exc) from exc
        else:
            self.is_asked_to_drain = orders.drain

    def _wait(self, tries: Tries, exc: ServerAway) -> None:
        try:
            tries.pause(exc)
        except ServerAway:
            raise away(exc) from exc

    def _register_again(self, worker: NewWorker) -> None:
        """Register with a server that has forgotten this worker."""
        try:
            self._register(worker)
        except (ServerAway, ConfigurationError) as exc:
            raise LedgerAway(str(exc)) from exc

    def _register(self, worker: NewWorker) -> None:
        facts = wire.WorkerFacts(
            version=__version__,
            host=socket.gethostname()[:255] or "unknown",
            pid=os.getpid(),
            concurrency=worker.concurrency,
            ffmpeg_version=worker.ffmpeg_version[:300],
            sandbox=worker.sandbox,
            capabilities=worker.capabilities,
            labels=list(worker.labels),
        )
        try:
            found = self._line.ask(wire.Registered, "PUT", f"/workers/{worker.id}", body=facts)
        except Refused as exc:
            raise ConfigurationError(self._refusal(exc)) from exc
        if found.version != __version__:
            log.warning(
                "%s has version %s, this worker %s", self._line.server, found.version, __version__
            )

    def _refusal(self, exc: Refused) -> str:
        """Return why the server does not take this worker, and what to do."""
        server = self._line.server
        if exc.status == 404:
            return (
                f"{server} has no token of a worker, or is too old for workers over HTTP; there, "
                "`flask token add NAME --worker` makes a token, for FFREMOTE_WORKER_TOKEN"
            )
        if exc.status in (401, 403):
            return f"{server} refuses this worker: {words(exc)}"
        return f"{server} does not take a worker of version {__version__}: {words(exc)}"
