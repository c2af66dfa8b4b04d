"""Which parts of a file are sent in order to describe it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .boxes import index_ranges

Range = tuple[int, int]
"""Offset and length in bytes."""

LEAST_SIZE = 16 << 20
"""Bytes: smaller files are sent whole."""
MAX_BYTES = 160 << 20
"""Of all parts: above it, or above half of the file, the whole file is sent."""
MAX_PARTS = 32
_UNIT = 64 << 10
_HEAD, _LONG_HEAD, _TAIL = 2 << 20, 129 << 20, 1 << 20
_AHEAD = 256 << 10
"""Bytes that follow each needed range: the server's kernel reads ahead."""
_GAP = 256 << 10
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS", b"v/1\x01")
"""How files of pictures begin, all of which FFmpeg reads."""
_STREAMS = (b"\x00\x00\x01", b"\x00\x00\x00\x01")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Parts of a file of `size` bytes, in their order."""

    size: int
    parts: tuple[Range, ...]

    @property
    def bytes(self) -> int:
        """The bytes of all parts."""
        return sum(length for _, length in self.parts)

    def to_json(self) -> dict[str, Any]:
        """Return the `excerpt` of an input in the job JSON."""
        return {"size": self.size, "parts": [list(part) for part in self.parts]}

    def with_missing(self, missing: Sequence[Range], most: int) -> "Excerpt | None":
        """Return the excerpt with further ranges, of each at most the first bytes.

        None if the whole file is better, or if that adds nothing.
        """
        inside = [(at, min(n, most)) for at, n in missing if 0 <= at < self.size and n > 0]
        needed = [(at, n if at + n == self.size else n - _AHEAD) for at, n in self.parts]
        larger = _excerpt(self.size, [*needed, *inside])
        return None if larger == self else larger


def first_excerpt(path: Path) -> Excerpt | None:
    """Return the parts that describe most files like this one; None if it is sent whole.

    They are its head, its tail, and the index of MP4 and MOV, wherever that is.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size < LEAST_SIZE:
                return None
            start = file.read(512)
            index = index_ranges(file, size)
            if index is None or start.startswith(_PICTURES):
                return None
            return _excerpt(size, [(0, _head_of(start)), (max(0, size - _TAIL), _TAIL), *index])
    except OSError:
        return None  # the upload reports it


def _head_of(start: bytes) -> int:
    """Return how much of the beginning FFmpeg reads: of streams without a header 128 MiB."""
    is_transport = any(start[at::step][:2] == b"G" * 2 for at, step in ((0, 188), (4, 192)))
    return _LONG_HEAD if is_transport or start.startswith(_STREAMS) else _HEAD


def _excerpt(size: int, ranges: Iterable[Range]) -> Excerpt | None:
    parts = tuple(_joined(ranges, size))
    made = Excerpt(size, parts)
    is_small = made.bytes <= min(MAX_BYTES, size // 2) and len(parts) <= MAX_PARTS
    return made if is_small else None


def _joined(ranges: Iterable[Range], size: int) -> Iterator[Range]:
    """Yield the ranges in units, with what is read ahead, and without small gaps."""
    begin = end = 0
    for start, length in sorted(ranges):
        first = start // _UNIT * _UNIT
        last = min(-(-(start + length) // _UNIT) * _UNIT + _AHEAD, size)
        if first > end + _GAP:
            yield begin, end - begin
            begin = first
        end = max(end, last)
    yield begin, end - begin
