"""Predicts the result from the durations that the inputs claim and what the job does to them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..model.claimed_duration import Basis, Span, basis, claimed_span, is_plausible
from ..model.expected import Expected
from ..model.media_info import MediaInfo, Stream
from ..policy.filtergraph import Graph
from ..policy.graphs.complex_graph import ComplexGraph
from ..policy.options import Option
from ..policy.value_rules import seconds_of
from .graphs.graph_lengths import graph_lengths
from .input_times import as_read, trim_of_input
from .resolved_job import ResolvedJob
from .timing.part_read import part_read
from .timing.stretch import factor_of

# these end the output before the input
_ENDING_FILTERS = frozenset({"atrim", "thumbnail", "trim"})
_ENDING_PARAMS = frozenset(
    {("shortest", "1"), ("shortest", "true"), ("eof_action", "endall"), ("eof_action", "1")}
    | {("duration", "shortest"), ("duration", "1"), ("duration", "first"), ("duration", "2")}
)
_CUTTERS = frozenset(
    {"frames", "vframes", "aframes", "dframes", "shortest", "ss", "t", "to", "fs", "copyts"}
)


def expect(job: ResolvedJob, graphs: Mapping[str, Sequence[Graph]]) -> Expected:
    """Return the expected result; `graphs` holds the filters by kind of stream."""
    laid = job.spec.laid_over
    sources = [source for n, source in enumerate(job.spec.sources) if n not in laid]
    is_retimed = any(source.is_retimed for source in sources)
    repeats = any(source.is_endless for source in sources)
    is_cut = is_retimed or any(option.name in _CUTTERS for option in job.choice.options)
    streams = job.selection.streams
    made = iter(_made_lengths(job))
    spans = [
        (None, _times(next(made), factor_of(graphs.get(stream.kind, ()))))
        if stream.is_made
        else _span(stream, job, factor_of(graphs.get(stream.kind, ())))
        for stream in streams
    ]
    timed = [
        end
        for stream, (_, end) in zip(streams, spans, strict=True)
        if stream.kind != "subtitle" and stream.origin not in job.selection.covers
    ]
    duration = _longest(_cut(timed, job.choice.options))
    expected = Expected(
        duration,
        tuple(stream.kind for stream in streams),
        lengths=tuple(None if is_cut or length == math.inf else length for length, _ in spans),
        origins=tuple(None if s.is_made else s.origin for s in map(job.base_of, streams)),
        is_plausible=duration is None
        or not job.infos
        or repeats
        or any(is_plausible(info, duration) for info in job.infos),
        is_by_graph=job.choice.graph is not None,
        is_cut=is_cut,
    )
    trims = [trim_of_input(source) for source in job.spec.sources]
    ends_before = bool(trims) and trims[0][1] is not None
    reads_to_end = not (ends_before or is_cut or repeats) and not _ends_early(graphs, None)
    start = max((start for start, _ in trims), default=0.0)
    part = part_read(job, _CUTTERS, ends_early=_ends_early(graphs, job.choice.graph))
    return replace(_with_inputs(expected, job.infos, start, reads_to_end), part=part)


def _longest(ends: Sequence[float | None]) -> float | None:
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def _cut(ends: Sequence[float | None], options: Sequence[Option]) -> list[float | None]:
    """Return the ends of the streams as -t and -shortest cut them; other options are not known."""
    given = {o.name: o.value or "" for o in options if o.name in _CUTTERS}
    if not given:
        return [None if end == math.inf else end for end in ends]
    if None in ends or not given.keys() <= {"t", "shortest"}:
        return [None] * len(ends)
    known = [end for end in ends if end is not None]
    limit = min(
        [seconds_of(given["t"]) if "t" in given else math.inf]
        + (known if "shortest" in given else [])
    )
    return [None if limit == math.inf else min(end, limit) for end in known]


def _span(
    stream: Stream, job: ResolvedJob, factor: float | None
) -> tuple[float | None, float | None]:
    """Return the length of a stream of an input in the result, and its end there."""
    # the duration of a cover is 0 or that of the whole file
    if stream.kind == "subtitle" or stream.origin in job.selection.covers:
        return None, None
    source = job.spec.sources[stream.input]
    info = job.infos[stream.input]
    claimed, trim = as_read(claimed_span(info, stream), stream, info, source)
    length, end = _length_and_end(claimed, factor, trim)
    return length, end and max(0.0, end + (source.offset or 0.0))


def _made_lengths(job: ResolvedJob) -> list[float | None]:
    """Return the lengths of the outputs of the graph that are in the result, in its order."""
    if job.choice.graph is None:
        return []
    ends = {link: _span(stream, job, 1.0)[1] for link, stream in job.bound.items()}
    lengths = graph_lengths(job.choice.graph, ends)
    return [lengths[stream.index] for stream in job.selection.made]


def _times(length: float | None, factor: float | None) -> float | None:
    return None if length is None or factor is None else length * factor


def _with_inputs(
    expected: Expected, infos: Sequence[MediaInfo], start: float, reads_to_end: bool
) -> Expected:
    """Return `expected` with what is known of the inputs as files."""
    found = replace(
        expected,
        basis=_basis(infos),
        start=start,
        is_declared=any(info.declared is not None for info in infos),
        demuxers=tuple(info.format for info in infos),
    )
    # one of several inputs may rightly end before the others, and a graph may read a part
    if len(infos) != 1 or expected.is_by_graph:
        return replace(found, reads_to_end=False)
    is_file = infos[0].pictures is None  # FFmpeg counts what it has read of each picture alone
    return replace(
        found,
        reads_to_end=reads_to_end,
        input_bytes=infos[0].bytes if is_file else None,
        breaks_off=infos[0].breaks_off,
    )


def _basis(infos: Sequence[MediaInfo]) -> Basis:
    """Return where the durations come from; a header proves nothing beside a clock."""
    found = {basis(info) for info in infos}
    return Basis.CLOCK if Basis.CLOCK in found else Basis.HEADER


def _length_and_end(
    claimed: Span | None, factor: float | None, trim: tuple[float, float | None]
) -> tuple[float | None, float | None]:
    """Return the length of a stream in the result, and the time at which it ends there."""
    if claimed is None or factor is None:
        return None, None
    start, length = trim
    end = claimed.end if length is None else min(claimed.end, start + length)
    begin = max(claimed.begin, start)
    own_length = max(0.0, end - begin) * factor if claimed.is_own else None
    return own_length, max(0.0, end - start) * factor


def _ends_early(graphs: Mapping[str, Sequence[Graph]], over: ComplexGraph | None) -> bool:
    """Whether a filter, also of the graph over the inputs, may end the output before the input."""
    filters = [each for several in graphs.values() for graph in several for each in graph.filters]
    filters += over.filters if over else ()
    return any(
        each.name in _ENDING_FILTERS or not _ENDING_PARAMS.isdisjoint(each.params)
        for each in filters
    )
