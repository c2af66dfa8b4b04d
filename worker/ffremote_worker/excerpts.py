"""Describes an input of which only parts were sent, unless its description needs more of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ffremote import clock
from ffremote.ffmpeg import Description, Failure, OnProgress, Report, TranscodeError
from ffremote.files.read_watch import ReadWatch
from ffremote.files.sparse_file import lay_out
from ffremote.spec import Excerpt
from ffremote.spec.decoding import MAX_PARTS, PART_UNIT
from ffremote.states import FailureReason

MAX_SECONDS = 30.0
"""Of a probe: one that takes longer reads zeros, far from any part."""

Range = tuple[int, int]
Describe = Callable[[OnProgress], Description]


def describe_excerpt(
    path: Path,
    excerpt: Excerpt,
    scratch: Path,
    describe: Describe,
    *,
    on_progress: OnProgress,
) -> Description:
    """Return what `describe` returns for the file at `path`, whose parts are laid out first.

    If anything outside of the parts was read, the facts are `missing` only: offset and length of
    what is needed as well. The file is the job's link to an upload, which stays as it is;
    `scratch` is a directory on the same file system. Raise TranscodeError.
    """
    whole = scratch / "whole"
    try:
        is_laid_out = lay_out(path, whole, excerpt.ranges, size=excerpt.size)
    except ValueError as exc:
        reason = FailureReason.UNSUPPORTED_INPUT
        raise TranscodeError(Failure(reason, f"The excerpt is wrong: {exc}.")) from exc
    if not is_laid_out:
        return _missing(None, excerpt)
    whole.replace(path)
    with ReadWatch(path, excerpt.holes) as watch:
        if not watch.can_tell:
            return _missing(None, excerpt)
        try:
            found = describe(_limited(on_progress))
        except TranscodeError:
            read = watch.read_ranges()
            if read == []:
                raise  # the whole file would fail as well
            return _missing(read, excerpt)
        read = watch.read_ranges()
    return found if read == [] else _missing(read, excerpt)


def _limited(on_progress: OnProgress) -> OnProgress:
    """Return a callback that ends a probe which takes too long."""
    started = clock.monotonic()

    def report(progress: Report) -> None:
        on_progress(progress)
        if clock.monotonic() - started > MAX_SECONDS:
            message = f"Probing parts of the file took longer than {MAX_SECONDS:.0f} seconds."
            raise TranscodeError(Failure(FailureReason.RESOURCE_LIMIT, message))

    return report


def _missing(read: Sequence[Range] | None, excerpt: Excerpt) -> Description:
    ranges = [(0, excerpt.size)] if read is None else _rounded(read, excerpt.size)
    return Description({"missing": ranges}, ())


def _rounded(ranges: Sequence[Range], size: int) -> list[Range]:
    """Return the ranges in the unit of parts, joined until there are no more than parts may be."""
    unit = PART_UNIT
    while True:
        found = list(_joined(ranges, unit, size))
        if len(found) <= MAX_PARTS:
            return found
        unit *= 4


def _joined(ranges: Iterable[Range], unit: int, size: int) -> Iterator[Range]:
    begin = end = 0
    for start, length in sorted(ranges):
        first, last = start // unit * unit, min(-(-(start + length) // unit) * unit, size)
        if end and first <= end:
            end = max(end, last)
            continue
        if end:
            yield begin, end - begin
        begin, end = first, last
    if end:
        yield begin, end - begin
