"""Describes an input for people: all its tags, chapters and rates, and what FFmpeg prints."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from ffremote.spec import Input, JobSpec
from ffremote.states import FailureReason, Phase

from ..model.failure import refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo
from ..model.report import OnProgress
from ..planning.dry_run import DryRun
from ..process.process import BoundedLog
from ..runtime import Runtime
from .details import add_details
from .ffprobe import run_ffprobe
from .probe import reading_options

MAX_JSON_BYTES = 4 << 20
MAX_TEXT_BYTES = 512 << 10
_ENTRIES = (
    "format=format_long_name,bit_rate:format_tags"
    ":stream=index,codec_long_name,bit_rate,nb_frames,display_aspect_ratio,bits_per_raw_sample"
    ":stream_disposition:stream_tags:chapter=start_time,end_time:chapter_tags=title"
)
_LEVEL = re.compile(r"^((?:\[[^\]]*\] )?)\[(?:info|warning|error|fatal|panic)\] ")
_NUMBER = re.compile(r"^(Input #|  Stream #)0(?=[,:])")


@dataclass(frozen=True, slots=True)
class Description:
    """What an input holds: the facts as JSON, and the lines that FFmpeg prints about it."""

    facts: dict[str, Any]
    lines: tuple[str, ...]


def describe(
    runtime: Runtime,
    path: Path,
    info: MediaInfo,
    *,
    source: Input,
    number: int,
    on_progress: OnProgress,
) -> Description:
    """Return the description of the input `number` at `path`; `info` is what `probe` returned.

    ffprobe runs confined to the directory of the file. Raises TranscodeError.
    """
    printed = BytesIO()
    found = run_ffprobe(
        runtime,
        path.parent,
        _arguments(runtime.limits, source, path.name),
        on_progress=on_progress,
        phase=Phase.PROBING,
        log=BoundedLog(printed, max_bytes=MAX_TEXT_BYTES),
        max_bytes=MAX_JSON_BYTES,
    )
    try:
        facts = add_details(info.to_json(), found)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as exc:
        message = "The description of the input is malformed."
        raise refuse(FailureReason.UNSUPPORTED_INPUT, message) from exc
    lines = printed.getvalue().decode("utf-8", "replace").splitlines()
    return Description(facts, tuple(_as_printed(line, number) for line in lines))


def describing_command(job: JobSpec, limits: Limits, names: Sequence[str]) -> str:
    """Return the commands that describe the inputs of a job, the files `names`, for people."""
    return " && ".join(shlex.join(argv) for argv in _commands(job, limits, names))


def dry_description(job: JobSpec, limits: Limits) -> DryRun:
    """Return what a job that describes its inputs would run."""
    names = ["input"] * len(job.sources)
    return DryRun(_commands(job, limits, names), describing_command(job, limits, names), ())


def _commands(job: JobSpec, limits: Limits, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    pairs = zip(job.sources, names, strict=True)
    return tuple(("ffprobe", *_arguments(limits, source, name)) for source, name in pairs)


def _arguments(limits: Limits, source: Input, name: str) -> list[str]:
    """Return the arguments of ffprobe; its messages of the level info are the lines of FFmpeg."""
    shown = ("-v", "level+info", "-of", "json", "-show_entries", _ENTRIES)
    return [*reading_options(limits, source), *shown, "-i", f"file:{name}"]


def _as_printed(line: str, number: int) -> str:
    """Return a line as FFmpeg prints it for the input of this number, without its level."""
    return _NUMBER.sub(rf"\g<1>{number}", _LEVEL.sub(r"\1", line))
