"""Space for forms while this process receives them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .usage import Promised


class SpaceReservations:
    """Disk space reserved for forms that this process receives; they have no row until complete."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[object, int] = {}

    @contextmanager
    def reserve(self, size: int) -> Iterator[None]:
        """Reserve `size` bytes for a form, and as many for its result, while the form arrives."""
        key = object()
        with self._lock:
            self._sizes[key] = size
        try:
            yield
        finally:
            with self._lock:
                del self._sizes[key]

    @property
    def promised(self) -> Promised:
        """The bytes that these forms and their results will take."""
        with self._lock:
            size = sum(self._sizes.values())
        return Promised(size, size)
