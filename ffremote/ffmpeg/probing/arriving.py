"""Asks ffprobe what an input holds of which only the first bytes are there."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ffremote.spec import Input
from ffremote.states import Phase

from ..model import tags
from ..model.failure import TranscodeError
from ..model.media_info import MediaInfo
from ..model.report import OnProgress
from ..process.feeding import Arriving, Feeder
from ..runtime import Runtime
from .ffprobe import run_ffprobe
from .first_frame import first_frame_options, stream_to_probe, with_first_frame
from .probe import SHOWN, parse, reading_options

_INPUT = ("-i", "pipe:0")


def probe_arriving(
    runtime: Runtime, cwd: Path, file: Arriving, *, on_progress: OnProgress, source: Input
) -> MediaInfo:
    """Return what the first bytes of `file` show; waits until there are enough.

    What needs the whole file, such as its length in some formats, is unknown. Raises TranscodeError
    as `probe`, and OSError when the file will not be completed.
    """

    def run(options: Sequence[str]) -> dict[str, Any]:
        return run_ffprobe(
            runtime,
            cwd,
            [*_from_pipe(reading_options(runtime.limits, source)), *options, *_INPUT],
            on_progress=on_progress,
            phase=Phase.PROBING,
            feeder=Feeder(file),
        )

    info = replace(parse(run(SHOWN)), bytes=file.size)
    more = partial(_optional, run)
    if info.format not in tags.FORMATS_WITHOUT_TAGS:
        info = replace(info, labels=tags.tag_names(more(tags.ffprobe_options(info.format))))
    video = stream_to_probe(info, is_input=True)
    return (
        info if video is None else with_first_frame(info, video, more(first_frame_options(video)))
    )


def _optional(
    run: Callable[[Sequence[str]], dict[str, Any]], options: Sequence[str]
) -> dict[str, Any]:
    try:
        return run(("-of", "json", *options))
    except TranscodeError:
        return {}


def _from_pipe(options: Sequence[str]) -> list[str]:
    changed = list(options)
    changed[changed.index("-protocol_whitelist") + 1] = "pipe"
    return changed
