"""What the service's FFmpeg can do: read once, from the one at hand or from a live worker's row."""

import threading
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ffremote import ffmpeg, fleet
from ffremote.config import Settings
from ffremote.errors import ConfigurationError, ServiceUnavailable
from ffremote.storage import Storage


@dataclass(slots=True)
class Engine:
    """Reads the capabilities when they are first asked for, and keeps them."""

    settings: Settings
    storage: Storage
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _own: ffmpeg.Capabilities | None = field(default=None, init=False)

    def warm_up(self) -> None:
        """Ask the FFmpeg at hand already: the second that it takes is not the first client's."""
        with self._lock:
            if self._own is None:
                self._own = self._read()

    def capabilities(self, session: Session) -> ffmpeg.Capabilities:
        """Return what FFmpeg can do here, or on a worker where there is none here.

        Raises ServiceUnavailable when neither is to be had.
        """
        self.warm_up()
        return self._own or _of_a_worker(session)

    def _read(self) -> ffmpeg.Capabilities | None:
        try:
            return ffmpeg.read_capabilities(ffmpeg.locate(self.settings), self.storage.cache)
        except ConfigurationError:
            return None


def _of_a_worker(session: Session) -> ffmpeg.Capabilities:
    for worker in fleet.alive(session):
        if worker.capabilities:
            return ffmpeg.Capabilities.from_json(worker.capabilities)
    raise ServiceUnavailable(
        "This server has no FFmpeg and no live worker, so no job can be checked; "
        "start ffremote-worker, or install FFmpeg here."
    )
