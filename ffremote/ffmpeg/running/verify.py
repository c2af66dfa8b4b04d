"""Verifies the result with ffprobe: an exit code of 0 does not prove that it is complete."""

from collections import Counter
from pathlib import Path

from ffremote.states import Phase

from ..model.failure import TranscodeError
from ..model.media_info import MediaInfo
from ..model.planned_output import PlannedOutput
from ..model.report import OnProgress
from ..probing.probe import probe
from ..runtime import Runtime
from .gaps import stream_ends
from .refusals import refuse_over_limit, truncated


def verify(
    runtime: Runtime, output: PlannedOutput, *, cwd: Path, on_progress: OnProgress
) -> MediaInfo:
    """Return what ffprobe reads of an output; `check_complete` compares it with the plan.

    Raises TranscodeError: `output_truncated` if it is empty, unreadable or lacks a stream,
    `resource_limit` if it is longer than the limit.
    """
    path = cwd / output.path
    if path.is_symlink() or not path.is_file() or path.stat().st_size == 0:
        raise truncated(
            "FFmpeg wrote no result.", "Check that the chosen part of the input is not empty."
        )
    try:
        info = probe(
            runtime,
            cwd,
            output.path,
            on_progress=on_progress,
            phase=Phase.VERIFYING,
            demuxer=output.demuxer,
        )
    except TranscodeError as exc:
        raise truncated(f"The result cannot be read: {exc.failure.message}") from exc
    _check_streams(output, info)
    refuse_over_limit(max(stream_ends(info), default=None), runtime.limits)
    return info


def _check_streams(output: PlannedOutput, info: MediaInfo) -> None:
    expected = Counter(kind for kind in output.expected.streams if kind in ("video", "audio"))
    found = Counter(stream.kind for stream in info.streams)
    for kind, count in expected.items():
        if found[kind] < count:
            raise truncated(f"The result has {found[kind]} {kind} streams instead of {count}.")
