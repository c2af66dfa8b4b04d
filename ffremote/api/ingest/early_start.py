"""Notices while an upload arrives that jobs may begin to read it."""

from collections.abc import Callable
from pathlib import Path

from ffremote.files.arriving.layout import ENOUGH_BYTES, layout_of


class EarlyStart:
    """Calls `begin` once enough bytes of the file at `path` are there, if its layout allows it.

    Called itself with the bytes that are there. `is_awaited` returns whether any job may begin.
    """

    def __init__(
        self, path: Path, *, is_awaited: Callable[[], bool], begin: Callable[[], None]
    ) -> None:
        self._path = path
        self._is_awaited = is_awaited
        self._begin = begin
        self._next: int | None = ENOUGH_BYTES
        self._has_asked = False

    def __call__(self, received: int) -> None:
        """Look at the file if that may tell more than the last look did."""
        if self._next is None or received < self._next:
            return
        if not self._has_asked and not self._is_awaited():
            self._next = None
            return
        self._has_asked = True
        with self._path.open("rb", buffering=0) as file:
            needed = layout_of(file.fileno(), received).needed
        if needed is not None and needed <= received:
            self._begin()
            needed = None
        self._next = needed
