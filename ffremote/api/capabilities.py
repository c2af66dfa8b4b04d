"""What the service's FFmpegs can do: the live workers' between them, else the one at hand."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.db.models import Worker
from ffremote.errors import ConfigurationError, ServiceUnavailable
from ffremote.files.storage import Storage
from ffremote.jobs import workers as fleet


@dataclass(slots=True)
class ServiceCapabilities:
    """Reads the capabilities when they are asked for, and keeps them as long as they hold."""

    settings: Settings
    storage: Storage
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _own: ffmpeg.Capabilities | None = field(default=None, init=False)
    _shared: dict[tuple[str, ...], ffmpeg.Capabilities | None] = field(
        default_factory=dict, init=False
    )

    def warm_up(self) -> None:
        """Ask the FFmpeg at hand already: the second that it takes is not the first client's."""
        with self._lock:
            if self._own is None:
                self._own = self._read()

    def capabilities(self, session: Session) -> ffmpeg.Capabilities:
        """Return what the live workers can do, which they tried; before the first, what is here.

        Raises ServiceUnavailable when neither is to be had.
        """
        shared = self._of_live(session)
        if shared is not None:
            return shared
        self.warm_up()
        if self._own is None:
            raise ServiceUnavailable(
                "This server has no FFmpeg and no live worker, so no job can be checked; "
                "start ffremote-worker, or install FFmpeg here."
            )
        return self._own

    def remembered(self, session: Session) -> ffmpeg.Capabilities | None:
        """Return what any worker of the last days could do, those that are away included."""
        return _between(fleet.list_all(session))

    def _of_live(self, session: Session) -> ffmpeg.Capabilities | None:
        """Return what the live workers can do, read anew only when they are others than before."""
        key = tuple(worker.id for worker in fleet.alive(session, self.storage))
        shared = self._shared
        if key not in shared:  # a worker's row never changes its mind
            self._shared = shared = {key: _between(fleet.by_ids(session, key))}
        return shared[key]

    def _read(self) -> ffmpeg.Capabilities | None:
        try:
            return ffmpeg.read_capabilities(ffmpeg.locate(self.settings), self.storage.cache)
        except ConfigurationError:
            return None


def _between(workers: Sequence[Worker]) -> ffmpeg.Capabilities | None:
    """Return what some workers can do between them, or None when none of them said it."""
    known = [ffmpeg.Capabilities.from_json(w.capabilities) for w in workers if w.capabilities]
    return ffmpeg.merge_capabilities(known) if known else None
