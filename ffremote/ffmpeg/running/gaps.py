"""Finds what of a result is shorter than its input claims; pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..model.claimed_duration import claimed_length, claimed_span
from ..model.expected import Expected
from ..model.media_info import MediaInfo, Origin

# tolerated difference from the expected length: the last frame of each stream, rounding
MISSING_SECONDS = 1.0
MISSING_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Gap:
    """A stream of the result, or the whole result, shorter than claimed; lengths in seconds."""

    subject: str
    expected: float
    found: float
    origin: Origin | None = None
    """The stream of the input; None for the whole result, and for the output of a graph."""

    @property
    def missing(self) -> float:
        """The missing share, 0 to 1."""
        return 1 - self.found / self.expected


def find_gaps(expected: Expected, result: MediaInfo) -> Iterator[Gap]:
    """Yield the streams of known length that are shorter than claimed, then the whole result."""
    lengths: dict[str, list[float | None]] = {}
    for stream in result.streams:
        claimed = (
            claimed_span(result, stream) if stream.duration or "duration" in stream.tags else None
        )
        length = None if claimed is None else claimed.end - claimed.begin
        lengths.setdefault(stream.kind, []).append(length)
    for kind, wanted, origin in zip(
        expected.streams, expected.lengths, expected.origins, strict=False
    ):
        found = lengths[kind].pop(0) if lengths.get(kind) else None
        if wanted is not None and found is not None and _is_truncated(wanted, found):
            yield Gap(f"The {kind} of the result", wanted, found, origin)
    duration = max(stream_ends(result), default=claimed_length(result))
    if expected.duration and duration is not None and _is_truncated(expected.duration, duration):
        yield Gap("The result", expected.duration, duration)


def stream_ends(result: MediaInfo) -> list[float]:
    """Return the time, in seconds, at which each video and audio stream of a result ends."""
    timed = [s for s in result.streams if s.kind in ("video", "audio") and not s.is_picture]
    spans = (claimed_span(result, each) for each in timed)
    return [each.end for each in spans if each is not None]


def _is_truncated(expected: float, found: float) -> bool:
    return found < expected * (1 - MISSING_SHARE) - MISSING_SECONDS
