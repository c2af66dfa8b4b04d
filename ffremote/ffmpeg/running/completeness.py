"""Checks whether a result is complete, from the evidence of the run; pure.

A header's claim alone does not suffice: a result that is shorter than the input claims is refused
only if FFmpeg's own log shows that something is missing. Without such evidence the result is kept,
with a warning that gives the claimed and the real length.
"""

from collections.abc import Iterator, Sequence

from ..model.claimed_duration import Basis
from ..model.expected import Expected
from ..model.failure import TranscodeError
from ..model.media_info import MediaInfo, Origin
from ..process.evidence import Evidence
from .gaps import Gap, find_gaps
from .proof import MOST, find_proof, has_frames
from .refusals import quote, truncated

_WARNING_SHARE = 0.01  # of the packets


def check_complete(expected: Expected, result: MediaInfo, evidence: Evidence) -> tuple[str, ...]:
    """Return warnings about a result that is kept.

    Raises TranscodeError (`output_truncated`) where the run proves that something is missing.
    """
    share = evidence.share_read(expected.input_bytes)
    is_guess = evidence.guesses_length and not expected.is_declared
    # without a line of FFmpeg, a wrong prediction is likelier than a truncated input
    is_predicted = expected.is_by_graph or expected.is_cut
    is_guess |= is_predicted and not (evidence.cut_off or evidence.stopped)
    gaps = [] if is_guess else list(find_gaps(expected, result))
    for gap in gaps:
        proof = find_proof(expected, gap, evidence)
        if proof:
            raise _incomplete(gap, proof, share)
    gave_up = evidence.stopped or evidence.reached_end is False
    if expected.reads_to_end and gave_up and share is not None and share < MOST:
        line = f" ({quote(evidence.stopped)})" if evidence.stopped else ""
        raise truncated(
            f"FFmpeg stopped after it had read {share:.0%} of the input{line}.",
            "The input is damaged there: get a complete copy of it.",
        )
    return tuple(_warnings(expected, gaps, evidence))


def report_warnings(expected: Expected, evidence: Evidence) -> tuple[str, ...]:
    """Return warnings about what was read for an output that is no file."""
    return tuple(_warnings(expected, (), evidence))


def _warnings(expected: Expected, gaps: Sequence[Gap], evidence: Evidence) -> Iterator[str]:
    if gaps:
        gap = max(gaps, key=lambda each: each.expected - each.found)
        yield _difference(expected, gap)
    line = evidence.cut_off or evidence.stopped
    if expected.basis is Basis.HEADER and has_frames(expected):
        line = line or evidence.corrupt_packet
    if line and expected.reads_to_end:
        yield f"The input is probably truncated: FFmpeg reported {quote(line)} while reading it."
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


def _difference(expected: Expected, gap: Gap) -> str:
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


def _incomplete(gap: Gap, proof: str, share: float | None) -> TranscodeError:
    read = "" if share is None else f"; {share:.0%} of the input was read"
    return truncated(
        f"{gap.subject} is {gap.found:.1f} s long instead of {gap.expected:.1f} s: {proof}{read}.",
        "The input is truncated or damaged: get a complete copy of it. To keep the intact part, end"
        " the job before the damage with input.end.",
    )
