"""The error of a failed job, as the API returns it."""

from dataclasses import dataclass
from typing import Any

from ffremote.errors import FfremoteError
from ffremote.states import FailureReason


@dataclass(frozen=True, slots=True)
class Failure:
    """The `error` of a failed job; it contains no server path."""

    reason: FailureReason
    message: str
    hint: str = ""
    exit_code: int | None = None
    signal: int | None = None
    stderr_tail: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `error.details`, plus `message`."""
        return {
            "reason": self.reason.value,
            "message": self.message,
            "hint": self.hint,
            "exit_code": self.exit_code,
            "signal": self.signal,
            "stderr_tail": list(self.stderr_tail),
        }


class TranscodeError(FfremoteError):
    """A job failed for good: another attempt with the same input would fail, too."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def refuse(reason: FailureReason, message: str, hint: str = "") -> TranscodeError:
    """Return the error of a job that fails without a failed run of FFmpeg."""
    return TranscodeError(Failure(reason, message, hint))
