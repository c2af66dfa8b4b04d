"""The capabilities that jobs are checked against: the live workers', else the local FFmpeg's."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.db.models import Worker
from ffremote.errors import ConfigurationError, ServiceUnavailable
from ffremote.files.storage import Storage
from ffremote.jobs import workers


@dataclass(slots=True)
class ServiceCapabilities:
    """Reads capabilities on first use and caches them while the set of live workers is the same."""

    settings: Settings
    storage: Storage
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _local: ffmpeg.Capabilities | None = field(default=None, init=False)
    _cached: dict[tuple[str, ...], ffmpeg.Capabilities | None] = field(
        default_factory=dict, init=False
    )

    def warm_up(self) -> None:
        """Read the local FFmpeg's capabilities early, so that no client waits for it."""
        with self._lock:
            if self._local is None:
                self._local = self._read()

    def current(self, session: Session) -> ffmpeg.Capabilities:
        """Return the merged capabilities of the live workers; if none is alive, the local FFmpeg's.

        Raises ServiceUnavailable if there is neither.
        """
        merged = self._of_live_workers(session)
        if merged is not None:
            return merged
        self.warm_up()
        if self._local is None:
            raise ServiceUnavailable(
                "The server has no FFmpeg and no live worker, so no job can be checked; "
                "start ffremote-worker, or install FFmpeg on the server."
            )
        return self._local

    def recent(self, session: Session) -> ffmpeg.Capabilities | None:
        """Return the merged capabilities of all registered workers, those not alive included."""
        return _merge(workers.list_all(session))

    def _of_live_workers(self, session: Session) -> ffmpeg.Capabilities | None:
        """Return the merged capabilities of the live workers; cached by their ids."""
        key = tuple(worker.id for worker in workers.alive(session, self.storage))
        merged = self._cached
        if key not in merged:  # a worker's capabilities are immutable
            self._cached = merged = {key: _merge(workers.by_ids(session, key))}
        return merged[key]

    def _read(self) -> ffmpeg.Capabilities | None:
        try:
            return ffmpeg.read_capabilities(ffmpeg.locate(self.settings), self.storage.cache)
        except ConfigurationError:
            return None


def _merge(rows: Sequence[Worker]) -> ffmpeg.Capabilities | None:
    """Return the union of the workers' capabilities, or None if none has reported any."""
    reported = [ffmpeg.Capabilities.from_json(row.capabilities) for row in rows if row.capabilities]
    return ffmpeg.merge_capabilities(reported) if reported else None
