"""Refuses a result that is empty, incomplete, or longer than the limit."""

from ffremote.spec.types import number_text
from ffremote.states import FailureReason

from ..model.expected import Expected
from ..model.failure import Failure, TranscodeError, refuse
from ..model.limits import Limits
from ..process.evidence import Evidence, ReadStream
from .gaps import MISSING_SECONDS


def refuse_empty(expected: Expected, evidence: Evidence) -> None:
    """Raise TranscodeError (`output_truncated`) if FFmpeg succeeded but wrote no packet."""
    written = [each for each in evidence.written.values() if each.kind in ("video", "audio")]
    written = written or list(evidence.written.values())
    if written and not any(each.packets for each in written):
        if expected.start:
            raise _empty(
                f"The result is empty: the input has no data after input.start"
                f" ({number_text(expected.start)} s).",
                "Choose an earlier start.",
            )
        raise _empty(
            "The result is empty: the chosen part of the input has no data.",
            "See the log for what FFmpeg read; other streams or another part may hold more.",
        )
    for number, stream in evidence.written.items():
        source = _source(expected, evidence, number)
        if stream.packets == 0 and source is not None and source.lost_share > 0.5:
            raise truncated(
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


def _empty(message: str, hint: str) -> TranscodeError:
    """Return the refusal of a result without data, for which FFmpeg itself ended with status 0."""
    return TranscodeError(Failure(FailureReason.OUTPUT_TRUNCATED, message, hint, exit_code=0))


def truncated(message: str, hint: str = "") -> TranscodeError:
    """Return the refusal of a result that lacks something (`output_truncated`)."""
    return refuse(FailureReason.OUTPUT_TRUNCATED, message, hint)


def quote(line: str) -> str:
    """Return a line of FFmpeg for a message: in quotation marks, shortened."""
    return f"“{line.strip().rstrip('.')[:160]}”"


def _source(expected: Expected, evidence: Evidence, number: int) -> ReadStream | None:
    """Return what was read of the input stream behind the result's stream `number`."""
    origin = expected.origins[number] if number < len(expected.origins) else None
    return None if origin is None else evidence.read.get(origin)
