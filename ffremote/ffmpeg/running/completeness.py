"""Whether a result is complete, judged by what the run proves; pure.

A header's claim alone refuses nothing: a result that is shorter than the input claims is refused
only where FFmpeg's own words or figures say that something is missing. Without such evidence it
is kept, with a warning that says what was claimed and what came.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ffremote.spec.types import number_text
from ffremote.states import FailureReason

from ..model.claimed_duration import Basis, claimed_length, claimed_span
from ..model.failure import TranscodeError, refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo
from ..model.plan import Expected
from ..process.evidence import Evidence, ReadStream

# a result may miss this much of the expected length: the last frame of each stream, rounding
MISSING_SECONDS = 1.0
MISSING_SHARE = 0.03
_MOST = 0.9  # of a file's bytes; what is left may be an index
_FALSE_HEADER = 0.02  # a recorder that dies leaves a last packet that is cut, and any length
_WORTH_A_WARNING = 0.01
# their packets are as long as the reader likes, so the last one is short wherever the header
# announces more than there is
_UNFRAMED = frozenset({"aiff", "au", "caf", "w64", "wav"})


@dataclass(frozen=True, slots=True)
class _Gap:
    """A stream of the result, or all of it, that is shorter than claimed; lengths in seconds."""

    what: str
    expected: float
    found: float
    index: int | None = None
    """The number of the stream in the input; None for the whole result."""

    @property
    def missing(self) -> float:
        """The share that is missing."""
        return 1 - self.found / self.expected


def check_complete(expected: Expected, made: MediaInfo, evidence: Evidence) -> tuple[str, ...]:
    """Return warnings about a result that is kept.

    Raises TranscodeError (`output_truncated`) where the run proves that something is missing.
    """
    share = evidence.share_read(expected.input_bytes)
    is_guess = evidence.guesses_length and not expected.is_declared
    gaps = [] if is_guess else list(_gaps(expected, made))
    for gap in gaps:
        proof = _proof(expected, gap, evidence)
        if proof:
            raise _incomplete(gap, proof, share)
    gave_up = evidence.stopped or evidence.reached_end is False
    if expected.reads_to_end and gave_up and share is not None and share < _MOST:
        words = f" ({_quote(evidence.stopped)})" if evidence.stopped else ""
        raise _short(
            f"FFmpeg stopped after it had read {share:.0%} of the input{words}.",
            "The input is damaged there: get a whole copy of it.",
        )
    return tuple(_warnings(expected, gaps, evidence))


def refuse_empty(expected: Expected, evidence: Evidence) -> None:
    """Raise TranscodeError (`output_truncated`) where FFmpeg ended well and wrote nothing."""
    written = [each for each in evidence.written.values() if each.kind in ("video", "audio")]
    written = written or list(evidence.written.values())
    if written and not any(each.packets for each in written):
        if expected.start:
            raise _short(
                f"The result is empty: from input.start ({number_text(expected.start)} s) on, the"
                " input holds nothing.",
                "Choose an earlier start.",
            )
        raise _short(
            "The result is empty: the chosen part of the input holds nothing.",
            "See the log for what FFmpeg read; other streams or another part may hold more.",
        )
    for number, stream in evidence.written.items():
        source = _source(expected, evidence, number)
        if stream.packets == 0 and source is not None and source.lost_share > 0.5:
            raise _short(
                f"The {stream.kind} of the result is empty: {source.errors} of {source.packets}"
                " packets could not be decoded.",
                "The input is damaged, or the server's FFmpeg does not decode it: see the log.",
            )


def refuse_over_limit(seconds: float | None, limits: Limits) -> None:
    """Raise TranscodeError (`resource_limit`) for a result that is longer than one may be."""
    if seconds is not None and seconds > limits.max_seconds + MISSING_SECONDS:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The result would be longer than {limits.max_seconds:.0f} s, the most that this"
            " server makes.",
            "Take a part of the input with input.start and input.end, or ask the operator to raise"
            " FFREMOTE_MAX_DURATION_HOURS.",
        )


def lengths(made: MediaInfo) -> list[float]:
    """Return the seconds until the end of each stream of pictures or sound of a result."""
    timed = [s for s in made.streams if s.kind in ("video", "audio") and not s.is_picture]
    claims = (claimed_span(made, each) for each in timed)
    return [each.end for each in claims if each is not None]


def _source(expected: Expected, evidence: Evidence, number: int) -> ReadStream | None:
    """What was read of the stream that became the result's stream `number`."""
    if number >= len(expected.indexes):
        return None
    return evidence.read.get(expected.indexes[number])


def _gaps(expected: Expected, made: MediaInfo) -> Iterator[_Gap]:
    """Yield what is shorter than the input claims: streams of a known length, then the whole."""
    there: dict[str, list[float | None]] = {}
    for stream in made.streams:
        claimed = (
            claimed_span(made, stream) if stream.duration or "duration" in stream.tags else None
        )
        length = None if claimed is None else claimed.end - claimed.begin
        there.setdefault(stream.kind, []).append(length)
    for kind, wanted, index in zip(
        expected.streams, expected.lengths, expected.indexes, strict=False
    ):
        found = there[kind].pop(0) if there.get(kind) else None
        if wanted is not None and found is not None and _is_short(wanted, found):
            yield _Gap(f"The {kind} of the result", wanted, found, index)
    whole = max(lengths(made), default=claimed_length(made))
    if expected.duration and whole is not None and _is_short(expected.duration, whole):
        yield _Gap("The result", expected.duration, whole)


def _is_short(expected: float, found: float) -> bool:
    return found < expected * (1 - MISSING_SHARE) - MISSING_SECONDS


def _proof(expected: Expected, gap: _Gap, evidence: Evidence) -> str | None:
    """What the run says about a gap; None where it knows of no damage that explains it."""
    if evidence.stopped:
        return f"FFmpeg gave up reading ({_quote(evidence.stopped)})"
    has_header = expected.basis is Basis.HEADER
    words = has_header and (evidence.cut_off or evidence.reader_error)
    lost = None if words else _loss(gap, evidence)
    if lost:
        return lost
    if has_header and gap.found > gap.expected * _FALSE_HEADER and _has_frames(expected):
        words = words or evidence.damage
    if words:
        return f"FFmpeg reported {_quote(words)}"
    share = evidence.share_read(expected.input_bytes)
    if evidence.reached_end is False and (share is None or share < _MOST):
        return "FFmpeg stopped before the end of the input"
    if evidence.reached_end is None and share is not None and share < _MOST and not evidence.seeks:
        return "FFmpeg stopped before the end of the input"
    return None


def _has_frames(expected: Expected) -> bool:
    """Whether an incomplete last packet says more than the header's claim alone."""
    return expected.demuxer not in _UNFRAMED


def _loss(gap: _Gap, evidence: Evidence) -> str | None:
    """Packets that could not be decoded, where they are enough to explain the gap."""
    for index, stream in evidence.read.items():
        if gap.index in (None, index) and stream.lost_share >= gap.missing / 2:
            return (
                f"{stream.errors} of {stream.packets} packets of its {stream.kind} could not be"
                " decoded"
            )
    return None


def _warnings(expected: Expected, gaps: Sequence[_Gap], evidence: Evidence) -> Iterator[str]:
    if gaps:
        gap = max(gaps, key=lambda each: each.expected - each.found)
        yield _difference(expected, gap)
    words = evidence.cut_off or evidence.stopped
    if expected.basis is Basis.HEADER and _has_frames(expected):
        words = words or evidence.corrupt_packet
    if words and expected.reads_to_end:
        yield f"The input is probably cut off: FFmpeg reported {_quote(words)} while reading it."
    elif expected.breaks_off and expected.reads_to_end:
        yield "The input is probably cut off: its last page is not there."
    for index, stream in evidence.read.items():
        if index in expected.indexes and stream.lost_share >= _WORTH_A_WARNING:
            yield (
                f"{stream.errors} of {stream.packets} packets of the input's stream {index}"
                f" ({stream.kind}) could not be decoded."
            )


def _difference(expected: Expected, gap: _Gap) -> str:
    if expected.basis is Basis.CLOCK:
        return (
            f"{gap.what} is {gap.found:.1f} s long, although the input's clock runs over"
            f" {gap.expected:.1f} s: it jumps. FFmpeg read the input to its end."
        )
    return (
        f"{gap.what} is {gap.found:.1f} s long; the input claims {gap.expected:.1f} s. FFmpeg read"
        " it to its end and reported nothing that is missing: the claim is false, or the input was"
        " cut off without a trace."
    )


def _incomplete(gap: _Gap, proof: str, share: float | None) -> TranscodeError:
    read = "" if share is None else f"; {share:.0%} of the input was read"
    return _short(
        f"{gap.what} is {gap.found:.1f} s long instead of {gap.expected:.1f} s: {proof}{read}.",
        "The input is cut off or damaged: get a whole copy of it. To keep what there is, end the"
        " job before the damage with input.end.",
    )


def _quote(words: str) -> str:
    return f"“{words.strip().rstrip('.')[:160]}”"


def _short(message: str, hint: str = "") -> TranscodeError:
    return refuse(FailureReason.OUTPUT_TRUNCATED, message, hint)
