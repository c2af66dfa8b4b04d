"""Derives the reason and a hint from exit code, signal and error lines of FFmpeg; pure."""

import signal

from ffremote.states import FailureReason as Reason

from ..formats.containers import containers_for
from ..model.failure import Failure
from .failure_rules import RULES
from .process import ExitStatus
from .stderr import Messages, without_paths

_MAX_QUOTED = 300  # characters of FFmpeg's own lines in a message
# exit codes of FFmpeg 6.1 and newer: a negated AVERROR, cut to a byte
_CODES = {
    183: Reason.CORRUPT_INPUT,
    8: Reason.ENCODER_UNAVAILABLE,
    228: Reason.DISK_FULL,
    244: Reason.RESOURCE_LIMIT,
    69: Reason.CORRUPT_INPUT,
}
_SIGNALS: dict[int, tuple[Reason, str, str]] = {
    signal.SIGXFSZ: (
        Reason.RESOURCE_LIMIT,
        "The result grew past the size that a job may have.",
        "A lower bit rate or a smaller picture makes a smaller file.",
    ),
    signal.SIGXCPU: (Reason.RESOURCE_LIMIT, "The job exceeded its processor time.", ""),
    signal.SIGKILL: (
        Reason.KILLED,
        "FFmpeg was killed by another process or by the system, perhaps for lack of memory.",
        "Try again; if it happens again, a smaller picture or a faster preset needs less memory.",
    ),
    signal.SIGSEGV: (
        Reason.UNKNOWN,
        "FFmpeg crashed.",
        "The input may be damaged; another codec or filter may avoid the crash.",
    ),
    signal.SIGABRT: (
        Reason.UNKNOWN,
        "FFmpeg crashed.",
        "The input may be damaged; another codec or filter may avoid the crash.",
    ),
    signal.SIGSYS: (
        Reason.UNSUPPORTED_INPUT,
        "FFmpeg made a system call that the sandbox forbids and was stopped.",
        "",
    ),
}


def explain(
    ended: ExitStatus, messages: Messages, *, attempt: str, is_probe: bool = False
) -> Failure:
    """Return why FFmpeg failed; `attempt` is the directory whose name is removed from its lines."""
    tail = tuple(without_paths(list(messages.tail), attempt))
    errors = list(without_paths(messages.errors or list(messages.tail), attempt))
    reason, message, hint = (
        _by_signal(ended.signal) or _by_lines(errors) or _by_code(ended.code, errors)
    )
    if is_probe and reason is Reason.UNKNOWN:
        reason, message = (
            Reason.UNSUPPORTED_INPUT,
            "The input is not a media format that this server reads.",
        )
    return Failure(
        reason=reason,
        message=message,
        hint=hint,
        exit_code=ended.code,
        signal=ended.signal,
        stderr_tail=tail,
    )


def hit_size_limit(ended: ExitStatus, messages: Messages) -> bool:
    """Whether FFmpeg ended because a file reached its size limit."""
    return ended.signal == signal.SIGXFSZ or any("File too large" in e for e in messages.errors)


def _by_signal(number: int | None) -> tuple[Reason, str, str] | None:
    if number is None:
        return None
    unknown = (Reason.UNKNOWN, f"FFmpeg was ended by the signal {number}.", "")
    return _SIGNALS.get(number, unknown)


def _by_lines(errors: list[str]) -> tuple[Reason, str, str] | None:
    for line in errors:
        for rule in RULES:
            match = rule.pattern.search(line)
            if match:
                name = next((group for group in match.groups() if group), "") or "it"
                fields = {"takers": _takers(name), "lines": _quoted(errors)}
                message = rule.message.format(name, **fields)
                return rule.reason, message, rule.hint.format(name, **fields)
    return None


def _quoted(errors: list[str]) -> str:
    """Return FFmpeg's first two distinct lines, without their contexts, as a sentence."""
    lines = dict.fromkeys(error.rpartition("] ")[2].strip().rstrip(".") for error in errors)
    return f"{'; '.join(list(lines)[:2])[:_MAX_QUOTED]}."


def _takers(codec: str) -> str:
    """Return the names of containers that can hold a codec."""
    video, audio = containers_for("video", codec), containers_for("audio", codec)
    return "mkv, mov, nut" if video == audio else video


def _by_code(code: int | None, errors: list[str]) -> tuple[Reason, str, str]:
    reason = _CODES.get(code or 0, Reason.UNKNOWN)
    line = errors[0].rpartition("] ")[2] if errors else "it printed no reason"
    return reason, f"FFmpeg ended with code {code}: {line[:200]}", "See the log of the job."
