"""What a job reads of an input: the chosen part, its length, and whether the limits allow it."""

import math
from dataclasses import replace
from fractions import Fraction

from ffremote.spec import Input
from ffremote.states import FailureReason

from ..model.claimed_duration import Span, claimed_length
from ..model.failure import refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo, Stream
from .held_frames import seconds_read

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
    """Return by how much the factor and the rate at which frames are read make a stream longer."""
    factor = options.stretch or 1.0
    if options.fps is None or stream.kind != "video" or not stream.fps:
        return factor
    return factor * stream.fps / float(Fraction(options.fps))


def check_limits(source: Input, info: MediaInfo, limits: Limits, name: str) -> None:
    """Raise TranscodeError for an input with more streams, pixels or raw data than allowed."""
    _refuse_too_long(source, info, limits, name)
    excess: str | None = None
    if len(info.streams) > limits.max_streams:
        excess = f"{len(info.streams)} streams; the limit is {limits.max_streams}"
    pixels = max(((s.width or 0) * (s.height or 0) for s in info.streams), default=0)
    if pixels > limits.max_pixels:
        excess = f"{pixels} pixels per frame; the limit is {limits.max_pixels}"
    if excess:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"{name} has {excess}.",
            "The operator can raise the limit.",
        )


def _refuse_too_long(source: Input, info: MediaInfo, limits: Limits, name: str) -> None:
    """Raise TranscodeError for more raw data than a result may have; its length is certain."""
    seconds = seconds_read(info, source) if source.is_raw else None
    if seconds is not None and seconds > limits.max_seconds:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"{name} would be read for {seconds:.0f} s; the limit is {limits.max_seconds:.0f} s.",
            "Check size, pix_fmt and fps, or format, sample_rate and channels, of the input.",
        )
