"""The threads behind the uploads of one process: one for each upload that arrives."""

import threading
from concurrent.futures import ThreadPoolExecutor

from ffremote.clock import monotonic
from ffremote.jobs.fleet.upload_parts import Stored

from .record import Record
from .sender import PartSender
from .transit import Route, Transit

THREADS = 16


class PartSenders:
    """The senders of one process, by upload."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._senders: dict[str, PartSender] = {}
        self._pool = ThreadPoolExecutor(THREADS, "upload-part")

    def attached(self, upload_id: str) -> PartSender | None:
        """Return the sender of an upload, with a further writer; None if there is none.

        One that ends is waited for, because the rows that it writes decide what comes next.
        """
        with self._lock:
            sender = self._senders.get(upload_id)
        if sender is None or sender.attach():
            return sender
        sender.join()
        return None

    def close(self, seconds: float) -> None:
        """Record what is on its way, so that other servers can go on; the process ends soon."""
        deadline = monotonic() + seconds
        with self._lock:
            senders = [each for each in self._senders.values() if each.is_alive()]
        for each in senders:
            each.hurry()
        for each in senders:
            each.join(max(0.0, deadline - monotonic()))
        self._pool.shutdown(wait=False, cancel_futures=True)

    def start(self, route: Route, stored: Stored, record: Record) -> PartSender:
        """Return a new sender, which has a writer."""
        sender = PartSender(Transit(route, stored, record), self._pool)
        sender.attach()
        sender.start()
        with self._lock:
            self._senders = {key: each for key, each in self._senders.items() if each.is_alive()}
            self._senders[route.upload_id] = sender
        return sender
