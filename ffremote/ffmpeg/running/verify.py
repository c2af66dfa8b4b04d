"""Verifies the result with ffprobe: an exit code of 0 does not prove that it is complete."""

from collections import Counter
from pathlib import Path

from ffremote.states import Phase

from ..model.failure import TranscodeError
from ..model.media_info import MediaInfo
from ..model.planned_output import Form, PlannedOutput
from ..model.report import OnProgress
from ..probing.probe import probe
from ..process.evidence import Evidence
from ..runtime import Runtime
from .gaps import stream_ends
from .raw_result import check_raw
from .refusals import refuse_over_limit, truncated


def verify(
    runtime: Runtime,
    output: PlannedOutput,
    evidence: Evidence,
    *,
    cwd: Path,
    on_progress: OnProgress,
) -> MediaInfo:
    """Return what an output contains; `check_complete` compares it with the plan.

    ffprobe reads it, or, where that proves nothing, its `form` and the `evidence` of the run.

    Raises TranscodeError: `output_truncated` if it is empty, unreadable or lacks a stream,
    `resource_limit` if it is longer than the limit.
    """
    path = cwd / output.path
    if path.is_symlink() or not path.is_file() or path.stat().st_size == 0:
        raise truncated(
            "FFmpeg wrote no result.", "Check that the chosen part of the input is not empty."
        )
    if output.form not in (None, Form.AVIF):
        info = check_raw(output, evidence, path)
    else:
        info = _probed(runtime, output, cwd, on_progress)
    _check_streams(output, info)
    refuse_over_limit(max(stream_ends(info), default=None), runtime.limits)
    return info


def _probed(
    runtime: Runtime, output: PlannedOutput, cwd: Path, on_progress: OnProgress
) -> MediaInfo:
    try:
        return probe(
            runtime,
            cwd,
            output.path,
            on_progress=on_progress,
            phase=Phase.VERIFYING,
            demuxer=output.demuxer,
        )
    except TranscodeError as exc:
        raise truncated(f"The result cannot be read: {exc.failure.message}") from exc


def _check_streams(output: PlannedOutput, info: MediaInfo) -> None:
    expected = Counter(kind for kind in output.expected.streams if kind in ("video", "audio"))
    found = Counter(stream.kind for stream in info.streams)
    for kind, count in expected.items():
        if found[kind] < count:
            raise truncated(f"The result has {found[kind]} {kind} streams instead of {count}.")
