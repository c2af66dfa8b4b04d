"""Finds the evidence, in FFmpeg's log and reading, that a gap of the result is a loss; pure."""

from ffremote.spec.raw_formats import RAW_FORMATS

from ..model.claimed_duration import Basis
from ..model.expected import Expected
from ..process.evidence import Evidence
from .gaps import Gap
from .refusals import quote

MOST = 0.9  # of a file's bytes; the rest may be an index
_FALSE_HEADER = 0.02  # a recorder that crashes leaves a truncated packet, and any length
# the demuxer chooses the length of their packets, so the last one is short whenever the header
# declares more data than there is
_UNFRAMED = frozenset({"aiff", "au", "caf", "w64", "wav"}) | RAW_FORMATS


def find_proof(expected: Expected, gap: Gap, evidence: Evidence) -> str | None:
    """Return the evidence that explains a gap; None if there is none."""
    if evidence.stopped:
        return f"FFmpeg gave up reading ({quote(evidence.stopped)})"
    has_header = expected.basis is Basis.HEADER
    line = has_header and (evidence.cut_off or evidence.reader_error)
    lost = None if line else _loss(gap, evidence)
    if lost:
        return lost
    if has_header and gap.found > gap.expected * _FALSE_HEADER and has_frames(expected):
        line = line or evidence.damage
    if line:
        return f"FFmpeg reported {quote(line)}"
    share = evidence.share_read(expected.input_bytes)
    if evidence.reached_end is False and (share is None or share < MOST):
        return "FFmpeg stopped before the end of the input"
    if evidence.reached_end is None and share is not None and share < MOST and not evidence.seeks:
        return "FFmpeg stopped before the end of the input"
    return None


def has_frames(expected: Expected) -> bool:
    """Whether an incomplete last packet proves more than the header's claim alone."""
    return _UNFRAMED.isdisjoint(expected.demuxers)


def _loss(gap: Gap, evidence: Evidence) -> str | None:
    """Return a text about undecodable packets if they are enough to explain the gap."""
    for origin, stream in evidence.read.items():
        if gap.origin in (None, origin) and stream.lost_share >= gap.missing / 2:
            return (
                f"{stream.errors} of {stream.packets} packets of its {stream.kind} could not be"
                " decoded"
            )
    return None
