"""What a job reads of an input: the chosen part, and its length once its times are changed."""

import math
from dataclasses import replace
from fractions import Fraction

from ffremote.spec import Input

from ..model.claimed_duration import Span, claimed_length
from ..model.media_info import MediaInfo, Stream

Trim = tuple[float, float | None]


def trim_of_input(options: Input) -> Trim:
    """Return the start and the duration, in seconds, of the part of an input that the job reads.

    A duration of None means up to the end. A start past the end that the input claims is allowed:
    the claim may be false, and the verification refuses an empty result.
    """
    start = options.start or 0.0
    duration = options.duration
    if options.end is not None:
        duration = options.end - start
    return start, duration


def as_read(
    claimed: Span | None, stream: Stream, info: MediaInfo, options: Input
) -> tuple[Span | None, Trim]:
    """Return the span of a stream with the input's repetitions, and the part of it to read."""
    trim = trim_of_input(options)
    if options.is_endless:
        return Span(0.0, math.inf), trim
    if claimed is None or not options.is_retimed:
        return claimed, trim
    start, duration = trim
    if options.end_offset:
        start = max(0.0, (claimed_length(info) or claimed.end) - options.end_offset)
    factor = _stretch(stream, options)
    # what follows the first time begins at the beginning of the file
    seconds = (max(0.0, claimed.end - start) + (options.loop or 0) * claimed.end) * factor
    return replace(claimed, begin=0.0, end=seconds), (0.0, duration)


def _stretch(stream: Stream, options: Input) -> float:
    """Return by how much the rate at which frames are read makes a stream longer."""
    if options.fps is None or stream.kind != "video" or not stream.fps:
        return 1.0
    return stream.fps / float(Fraction(options.fps))
