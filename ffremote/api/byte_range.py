"""The one range of a file that a request asks for."""

import re

MAX_DIGITS = 18
MAX_OFFSET = 10**MAX_DIGITS
_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE | re.ASCII)

ByteRange = tuple[int, int]
"""From the first offset to the second, which is not part of it."""


class RangeNotSatisfiable(Exception):
    """The range begins at or after the end of the file."""


def parse_range(
    header: str | None, if_range: str | None, etag: str | None, size: int
) -> ByteRange | None:
    """Return the requested half-open byte range, or None for the whole file.

    Several ranges, other units and malformed headers are ignored, which RFC 9110 allows; so is a
    range of another version of the file. Raises RangeNotSatisfiable.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or (if_range is not None and if_range != etag):
        return None
    first, last = match.groups()
    if not first:
        return _suffix(last, size)
    start = _parse_offset(first)
    stop = _parse_offset(last) + 1 if last else size
    if stop <= start:
        if last:
            return None
        raise RangeNotSatisfiable
    if start >= size:
        raise RangeNotSatisfiable
    return start, min(stop, size)


def _suffix(length: str, size: int) -> ByteRange | None:
    if not length:
        return None
    count = _parse_offset(length)
    if count == 0 or size == 0:
        raise RangeNotSatisfiable
    return max(0, size - count), size


def _parse_offset(digits: str) -> int:
    """Return an offset, at most `MAX_OFFSET`: longer numbers are beyond any file anyway."""
    significant = digits.lstrip("0")
    return MAX_OFFSET if len(significant) > MAX_DIGITS else int(significant or "0")
