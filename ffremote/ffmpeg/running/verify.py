"""Whether the result is what was asked for: FFmpeg's exit code 0 is not enough."""

from collections import Counter
from pathlib import Path

from ffremote.states import FailureReason, Phase

from ..model.failure import TranscodeError, refuse
from ..model.media_info import MediaInfo
from ..model.plan import Plan
from ..model.report import OnProgress
from ..probing.probe import probe
from ..runtime import Runtime
from .completeness import lengths, refuse_over_limit


def verify(runtime: Runtime, plan: Plan, *, cwd: Path, on_progress: OnProgress) -> MediaInfo:
    """Read the result with ffprobe and return what it holds; see `check_complete`, too.

    Raises TranscodeError: `output_truncated` when it is empty, unreadable or lacks a stream,
    `resource_limit` when it is longer than a result may be.
    """
    path = cwd / plan.output
    if path.is_symlink() or not path.is_file() or path.stat().st_size == 0:
        raise _short("FFmpeg wrote no result.", "Is the chosen part of the input empty?")
    try:
        info = probe(
            runtime,
            cwd,
            plan.output,
            on_progress=on_progress,
            phase=Phase.VERIFYING,
            demuxer=plan.demuxer,
        )
    except TranscodeError as exc:
        raise _short(f"The result cannot be read: {exc.failure.message}") from exc
    _check_streams(plan, info)
    refuse_over_limit(max(lengths(info), default=None), runtime.limits)
    return info


def _check_streams(plan: Plan, info: MediaInfo) -> None:
    wanted = Counter(kind for kind in plan.expected.streams if kind in ("video", "audio"))
    there = Counter(stream.kind for stream in info.streams)
    for kind, count in wanted.items():
        if there[kind] < count:
            raise _short(f"The result has {there[kind]} {kind} streams instead of {count}.")


def _short(message: str, hint: str = "") -> TranscodeError:
    return refuse(FailureReason.OUTPUT_TRUNCATED, message, hint)
