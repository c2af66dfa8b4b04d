"""The values of a ledger as bodies of the API of workers, cut to its limits."""

from collections.abc import Mapping, Sequence
from typing import Any

from ffremote.ledger import wire
from ffremote.ledger.values import Description, ProgressUpdate, Result
from ffremote.states import FailureReason

MAX_LINE = 4000
MAX_WARNINGS = 1000
MAX_COMMAND = 1 << 20
MAX_TAIL = 200
COUNTED_THERE = "files"  # how many results there are: the server has counted them


def line(text: str) -> str:
    """Return a text of one message."""
    return text[:MAX_LINE]


def lines(texts: Sequence[str]) -> list[str]:
    """Return warnings."""
    return [line(each) for each in texts[:MAX_WARNINGS]]


def beat(update: ProgressUpdate) -> wire.Beat:
    """Return the heartbeat of a claim."""
    message = None if update.message is None else line(update.message)
    return wire.Beat(
        phase=update.phase,
        percent=min(update.percent, 99),
        progress=_progress(update.progress),
        message=message,
    )


def plan(description: Description) -> wire.Plan:
    """Return what is known before FFmpeg starts."""
    return wire.Plan(
        command=description.command[:MAX_COMMAND],
        warnings=lines(description.warnings),
        info=description.info,
    )


def end(result: Result, receipt: str) -> wire.End:
    """Return the end of a completed attempt, whose files the depot has sent."""
    return wire.End(
        has_results=result.size is not None,
        info={name: value for name, value in result.info.items() if name != COUNTED_THERE},
        warnings=lines(result.warnings),
        progress=_progress(result.progress),
        receipt=receipt,
    )


def failed(reason: FailureReason, message: str, details: Mapping[str, Any]) -> wire.Failed:
    """Return the end of a failed attempt."""
    return wire.Failed(
        reason=reason,
        message=line(message) or reason.value,
        hint=line(details.get("hint") or ""),
        exit_code=details.get("exit_code"),
        signal=details.get("signal"),
        stderr_tail=[line(each) for each in details.get("stderr_tail", ())][-MAX_TAIL:],
    )


def _progress(found: Mapping[str, Any] | None) -> wire.Progress | None:
    return None if found is None else wire.Progress.model_validate(found)
