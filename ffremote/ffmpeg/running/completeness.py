"""Checks whether a result is complete, from the evidence of the run; pure.

A header's claim alone does not suffice: a result that is shorter than the input claims is refused
only if FFmpeg's own log shows that something is missing. Without such evidence the result is kept,
with a warning that gives the claimed and the real length.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ffremote.spec.types import number_text
from ffremote.states import FailureReason

from ..model.claimed_duration import Basis, claimed_length, claimed_span
from ..model.failure import TranscodeError, refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo, Origin
from ..model.plan import Expected
from ..process.evidence import Evidence, ReadStream

# tolerated difference from the expected length: the last frame of each stream, rounding
MISSING_SECONDS = 1.0
MISSING_SHARE = 0.03
_MOST = 0.9  # of a file's bytes; the rest may be an index
_FALSE_HEADER = 0.02  # a recorder that crashes leaves a truncated packet, and any length
_WARNING_SHARE = 0.01  # of the packets
# the demuxer chooses the length of their packets, so the last one is short whenever the header
# declares more data than there is
_UNFRAMED = frozenset({"aiff", "au", "caf", "w64", "wav"})


@dataclass(frozen=True, slots=True)
class _Gap:
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


def check_complete(expected: Expected, result: MediaInfo, evidence: Evidence) -> tuple[str, ...]:
    """Return warnings about a result that is kept.

    Raises TranscodeError (`output_truncated`) where the run proves that something is missing.
    """
    share = evidence.share_read(expected.input_bytes)
    is_guess = evidence.guesses_length and not expected.is_declared
    # without a line of FFmpeg, a wrong prediction is likelier than a truncated input
    is_guess |= expected.is_by_graph and not (evidence.cut_off or evidence.stopped)
    gaps = [] if is_guess else list(_gaps(expected, result))
    for gap in gaps:
        proof = _proof(expected, gap, evidence)
        if proof:
            raise _incomplete(gap, proof, share)
    gave_up = evidence.stopped or evidence.reached_end is False
    if expected.reads_to_end and gave_up and share is not None and share < _MOST:
        line = f" ({_quote(evidence.stopped)})" if evidence.stopped else ""
        raise _truncated(
            f"FFmpeg stopped after it had read {share:.0%} of the input{line}.",
            "The input is damaged there: get a complete copy of it.",
        )
    return tuple(_warnings(expected, gaps, evidence))


def refuse_empty(expected: Expected, evidence: Evidence) -> None:
    """Raise TranscodeError (`output_truncated`) if FFmpeg succeeded but wrote no packet."""
    written = [each for each in evidence.written.values() if each.kind in ("video", "audio")]
    written = written or list(evidence.written.values())
    if written and not any(each.packets for each in written):
        if expected.start:
            raise _truncated(
                f"The result is empty: the input has no data after input.start"
                f" ({number_text(expected.start)} s).",
                "Choose an earlier start.",
            )
        raise _truncated(
            "The result is empty: the chosen part of the input has no data.",
            "See the log for what FFmpeg read; other streams or another part may hold more.",
        )
    for number, stream in evidence.written.items():
        source = _source(expected, evidence, number)
        if stream.packets == 0 and source is not None and source.lost_share > 0.5:
            raise _truncated(
                f"The {stream.kind} of the result is empty: {source.errors} of {source.packets}"
                " packets could not be decoded.",
                "The input is damaged, or the server's FFmpeg does not decode it: see the log.",
            )


def refuse_over_limit(seconds: float | None, limits: Limits) -> None:
    """Raise TranscodeError (`resource_limit`) for a result longer than the limit."""
    if seconds is not None and seconds > limits.max_seconds + MISSING_SECONDS:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The result would be longer than {limits.max_seconds:.0f} s, the limit of this"
            " server.",
            "Choose a part of the input with input.start and input.end, or ask the operator to"
            " raise FFREMOTE_MAX_DURATION_HOURS.",
        )


def stream_ends(result: MediaInfo) -> list[float]:
    """Return the time, in seconds, at which each video and audio stream of a result ends."""
    timed = [s for s in result.streams if s.kind in ("video", "audio") and not s.is_picture]
    spans = (claimed_span(result, each) for each in timed)
    return [each.end for each in spans if each is not None]


def _source(expected: Expected, evidence: Evidence, number: int) -> ReadStream | None:
    """Return what was read of the input stream behind the result's stream `number`."""
    origin = expected.origins[number] if number < len(expected.origins) else None
    return None if origin is None else evidence.read.get(origin)


def _gaps(expected: Expected, result: MediaInfo) -> Iterator[_Gap]:
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
            yield _Gap(f"The {kind} of the result", wanted, found, origin)
    duration = max(stream_ends(result), default=claimed_length(result))
    if expected.duration and duration is not None and _is_truncated(expected.duration, duration):
        yield _Gap("The result", expected.duration, duration)


def _is_truncated(expected: float, found: float) -> bool:
    return found < expected * (1 - MISSING_SHARE) - MISSING_SECONDS


def _proof(expected: Expected, gap: _Gap, evidence: Evidence) -> str | None:
    """Return the evidence that explains a gap; None if there is none."""
    if evidence.stopped:
        return f"FFmpeg gave up reading ({_quote(evidence.stopped)})"
    has_header = expected.basis is Basis.HEADER
    line = has_header and (evidence.cut_off or evidence.reader_error)
    lost = None if line else _loss(gap, evidence)
    if lost:
        return lost
    if has_header and gap.found > gap.expected * _FALSE_HEADER and _has_frames(expected):
        line = line or evidence.damage
    if line:
        return f"FFmpeg reported {_quote(line)}"
    share = evidence.share_read(expected.input_bytes)
    if evidence.reached_end is False and (share is None or share < _MOST):
        return "FFmpeg stopped before the end of the input"
    if evidence.reached_end is None and share is not None and share < _MOST and not evidence.seeks:
        return "FFmpeg stopped before the end of the input"
    return None


def _has_frames(expected: Expected) -> bool:
    """Whether an incomplete last packet proves more than the header's claim alone."""
    return _UNFRAMED.isdisjoint(expected.demuxers)


def _loss(gap: _Gap, evidence: Evidence) -> str | None:
    """Return a text about undecodable packets if they are enough to explain the gap."""
    for origin, stream in evidence.read.items():
        if gap.origin in (None, origin) and stream.lost_share >= gap.missing / 2:
            return (
                f"{stream.errors} of {stream.packets} packets of its {stream.kind} could not be"
                " decoded"
            )
    return None


def _warnings(expected: Expected, gaps: Sequence[_Gap], evidence: Evidence) -> Iterator[str]:
    if gaps:
        gap = max(gaps, key=lambda each: each.expected - each.found)
        yield _difference(expected, gap)
    line = evidence.cut_off or evidence.stopped
    if expected.basis is Basis.HEADER and _has_frames(expected):
        line = line or evidence.corrupt_packet
    if line and expected.reads_to_end:
        yield f"The input is probably truncated: FFmpeg reported {_quote(line)} while reading it."
    elif expected.breaks_off and expected.reads_to_end:
        yield "The input is probably truncated: its last page is missing."
    for (number, index), stream in evidence.read.items():
        if stream.lost_share >= _WARNING_SHARE and _is_used(expected, (number, index)):
            place = f"{number}:{index}" if number else str(index)
            yield (
                f"{stream.errors} of {stream.packets} packets of the input's stream {place}"
                f" ({stream.kind}) could not be decoded."
            )


def _is_used(expected: Expected, origin: Origin) -> bool:
    """Whether the result has this stream, or may have it through a filter graph."""
    return origin in expected.origins or None in expected.origins


def _difference(expected: Expected, gap: _Gap) -> str:
    if expected.basis is Basis.CLOCK:
        return (
            f"{gap.subject} is {gap.found:.1f} s long, although the input's clock runs over"
            f" {gap.expected:.1f} s: it jumps. FFmpeg read the input to its end."
        )
    return (
        f"{gap.subject} is {gap.found:.1f} s long; the input claims {gap.expected:.1f} s. FFmpeg"
        " read it to its end and reported nothing missing: the claim is false, or the input was"
        " truncated without a trace."
    )


def _incomplete(gap: _Gap, proof: str, share: float | None) -> TranscodeError:
    read = "" if share is None else f"; {share:.0%} of the input was read"
    return _truncated(
        f"{gap.subject} is {gap.found:.1f} s long instead of {gap.expected:.1f} s: {proof}{read}.",
        "The input is truncated or damaged: get a complete copy of it. To keep the intact part, end"
        " the job before the damage with input.end.",
    )


def _quote(line: str) -> str:
    return f"“{line.strip().rstrip('.')[:160]}”"


def _truncated(message: str, hint: str = "") -> TranscodeError:
    return refuse(FailureReason.OUTPUT_TRUNCATED, message, hint)
