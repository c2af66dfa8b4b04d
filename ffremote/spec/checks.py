"""Checks what several keys of a job say together.

Each function raises a ValueError whose text begins with the field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .grammar import read_stream_map
from .input_roles import refuse_others_than_media, refuse_without_streams
from .named_inputs import EXCLUDES
from .packages import package_checks

if TYPE_CHECKING:
    from .job import JobSpec
    from .sections import Input

_OF_PROBE = frozenset({"probe", "input", "inputs", "priority", "labels"})
_OPENING = frozenset(
    {
        *("upload_id", "role", "format", "sample_rate", "channels", "size", "pix_fmt", "probe"),
        "excerpt",
    }
)
"""The keys of an input that say how it is opened; the others choose what of it is used."""
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
    laid = job.laid_over
    endless = [n for n, s in enumerate(job.sources) if _repeats_without_end(s) and n not in laid]
    ends = set(_ENDS)
    if len(endless) < len(job.sources):
        ends.add("-shortest")
    if endless and job.graph is None and ends.isdisjoint(job.extra_args or ()):
        field = job.source_field(endless[0])
        raise ValueError(
            f"{field}.loop without end requires {field}.duration or {field}.end, -t in"
            " extra_args, or -shortest there and an input that ends"
        )


def check_named_inputs(job: JobSpec, prefix: str) -> None:
    """Refuse an input that a key names and the job does not have, or not beside other keys."""
    _check_subtitles(job, prefix)
    if job.overlays and job.video is False:
        raise ValueError(f"{prefix}overlays and video: false exclude each other")
    for field, number in job.named_inputs.items():
        key = field.partition("[")[0]
        for other in EXCLUDES[key]:
            if getattr(job, other) is not None:
                raise ValueError(f"{prefix}{key} and {other} exclude each other")
        if number >= len(job.sources):
            count = len(job.sources) or "none"
            raise ValueError(f"{prefix}{field} names input {number}; the job has {count}")
        if key == "attachments":
            _check_attachment(job.sources[number], number, f"{prefix}{field}")
        else:
            refuse_without_streams(job.sources, number, f"{prefix}{field}")


def _check_attachment(source: Input, number: int, field: str) -> None:
    if number == 0:
        raise ValueError(f"{field} names input 0, which makes the result")
    if source.role not in ("font", "media"):
        raise ValueError(
            f"{field} names input {number}, whose role is {source.role}; fonts and pictures are"
            " attached"
        )


def _check_subtitles(job: JobSpec, prefix: str) -> None:
    part = job.subtitles
    if part is None:
        return
    for key in ("style", "before_filters"):
        if getattr(part, key) is not None and part.mode != "burn":
            raise ValueError(f"{prefix}subtitles.{key} is for the mode burn")
    if part.input is None:
        return
    if part.mode == "drop":
        raise ValueError(f"{prefix}subtitles.input and the mode drop exclude each other")
    if part.mode != "burn" and job.streams is not None:
        raise ValueError(
            f"{prefix}subtitles.input and streams exclude each other, but for the mode burn"
        )


def check_package(job: JobSpec, prefix: str) -> None:
    """Refuse a package whose keys contradict each other or those of its output."""
    if job.package is None:
        return
    for name, instead in (("container", "; package decides it"), ("thumbnail", "")):
        if getattr(job, name) is not None:
            raise ValueError(f"{prefix}{name} and package exclude each other{instead}")
    video = job.video or None
    if job.package.rate is not None and video is not None and video.fps is not None:
        raise ValueError(f"{prefix}video.fps and the rate of package exclude each other")
    found = package_checks.problem(job.package)
    if found is not None:
        key, reason = found
        raise ValueError(f"{prefix}package.{key} {reason}")


def check_probe(job: JobSpec) -> None:
    """Refuse what has no meaning for a job that only describes its inputs."""
    for key, known in type(job).model_fields.items():
        if key not in _OF_PROBE and getattr(job, key) not in (None, "", known.default):
            raise ValueError(f"{key} and probe exclude each other: a probe has no output")
    if not job.sources:
        raise ValueError("probe requires an input")
    for number, source in enumerate(job.sources):
        field = job.source_field(number)
        if source.role not in ("media", "subtitle"):
            raise ValueError(f"{field}.role is {source.role}, which a probe does not describe")
        given = source.model_dump(exclude_none=True, exclude_defaults=True).keys() - _OPENING
        given -= {"fps"} if source.format else set()
        if given:
            raise ValueError(f"{field}.{min(given)} and probe exclude each other")


def check_excerpts(job: JobSpec) -> None:
    """Refuse parts of a file where the whole is needed: in a job that makes something of it."""
    for number, source in enumerate(job.sources):
        if source.excerpt is None:
            continue
        field = f"{job.source_field(number)}.excerpt"
        if not job.probe:
            raise ValueError(f"{field} requires probe: a result is made from the whole file")
        if source.role != "media":
            raise ValueError(f"{field} has no meaning for the role {source.role}")


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
