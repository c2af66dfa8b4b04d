"""Walks the boxes of MP4 and MOV."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

MAX_BOXES = 4096
"""Side by side; no film has as many."""


class NotFit(ValueError):
    """The file is sent as it is; the message says why."""


class Box(NamedTuple):
    """A box: its header begins at `start`, its content at `body`."""

    kind: bytes
    start: int
    body: int
    end: int

    @property
    def size(self) -> int:
        """The bytes of header and content."""
        return self.end - self.start


def walk(header: Callable[[int], bytes | bytearray], start: int, limit: int) -> Iterator[Box]:
    """Yield the boxes between two offsets; raise NotFit for one that does not fit.

    `header` returns the 16 bytes at an offset, or as many as there are. Fewer than 8 bytes at the
    end are no box: some writers end a list of boxes with zeros.
    """
    for _ in range(MAX_BOXES):
        head = bytes(header(start)[: limit - start])
        if len(head) < 8:
            return
        size, body = int.from_bytes(head[:4], "big"), start + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), start + 16
        elif size == 0:
            size = limit - start
        if not body <= start + size <= limit:
            raise NotFit("a box does not fit into the one around it")
        yield Box(head[4:8], start, body, start + size)
        start += size
    raise NotFit("it has too many boxes")
