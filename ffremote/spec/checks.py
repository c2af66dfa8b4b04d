"""Checks what several keys of a job say together.

Each function raises a ValueError whose text begins with the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .grammar import read_stream_map
from .input_roles import refuse_others_than_media, refuse_without_streams

if TYPE_CHECKING:
    from .job import JobSpec
    from .sections import Input

_ENDS = ("-t", "-to", "-fs", "-frames:v", "-vframes")


def check_times(source: Input, field: str) -> None:
    """Refuse a part of the input at `field` with two ends, or with an end before its start."""
    if source.duration is not None and source.end is not None:
        raise ValueError(f"{field}.duration and {field}.end exclude each other")
    if source.end is not None and source.end <= (source.start or 0):
        raise ValueError(f"{field}.end must be after {field}.start")
    if source.end_offset is not None and (source.start is not None or source.end is not None):
        raise ValueError(f"{field}.end_offset and {field}.start or end exclude each other")
    if source.end_offset == 0:
        raise ValueError(f"{field}.end_offset must be greater than 0")


def check_ends(job: JobSpec) -> None:
    """Refuse an input without end where nothing in the job can end the result."""
    endless = [n for n, source in enumerate(job.sources) if _repeats_without_end(source)]
    ends = set(_ENDS)
    if len(endless) < len(job.sources):
        ends.add("-shortest")
    if endless and job.graph is None and ends.isdisjoint(job.extra_args or ()):
        field = job.source_field(endless[0])
        raise ValueError(
            f"{field}.loop without end requires {field}.duration or {field}.end, -t in"
            " extra_args, or -shortest there and an input that ends"
        )


def check_subtitles(job: JobSpec, prefix: str) -> None:
    """Refuse subtitles of an input that the job does not have or does not burn."""
    part = job.subtitles
    if part is None or part.input is None:
        return
    if part.mode != "burn":
        raise ValueError(
            f"{prefix}subtitles.input requires the mode burn; use streams to keep subtitles"
        )
    if part.input >= len(job.sources):
        count = len(job.sources) or "none"
        raise ValueError(f"{prefix}subtitles.input names input {part.input}; the job has {count}")
    refuse_without_streams(job.sources, part.input, f"{prefix}subtitles.input")


def check_concat(job: JobSpec) -> None:
    """Refuse joined inputs beside what chooses from separate inputs."""
    if job.concat is None:
        return
    if len(job.sources) < 2:
        raise ValueError("concat requires inputs with at least 2 items")
    for name in ("graph", "thumbnail"):
        if getattr(job, name) is not None:
            raise ValueError(f"concat and {name} exclude each other")
    if job.outputs is not None and len(job.outputs) > 1:
        raise ValueError("concat and several outputs exclude each other")
    refuse_others_than_media(job.sources, job.source_field)


def check_maps(job: JobSpec, prefix: str) -> None:
    """Refuse a map of an input or of a graph that the job does not have."""
    count = len(job.sources)
    for place, text in enumerate(job.streams or ()):
        parts = read_stream_map(text)
        if parts is None and job.graph is None:
            raise ValueError(f"{prefix}streams[{place}] names {text}, but the job has no graph")
        if parts is not None and parts.input >= count:
            has = counted_inputs(count)
            raise ValueError(
                f"{prefix}streams[{place}] names input {parts.input}; the job has {has}"
            )
        if parts is not None:
            refuse_without_streams(job.sources, parts.input, f"{prefix}streams[{place}]")


def counted_inputs(count: int) -> str:
    """Return how many inputs a job has, for a message about one that it does not have."""
    if count == 0:
        return "no inputs"
    return "1 input, which is 0" if count == 1 else f"{count} inputs, from 0"


def _repeats_without_end(source: Input) -> bool:
    return source.is_endless and source.duration is None and source.end is None
