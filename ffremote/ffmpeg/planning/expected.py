"""Predicts the result from the durations that the inputs claim and what the job does to them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ffremote.spec import Input, JobSpec

from ..model.claimed_duration import Basis, Span, basis, claimed_span, is_plausible
from ..model.media_info import MediaInfo
from ..model.plan import Expected
from ..policy.filtergraph import Filter, Graph
from ..policy.options import Option
from ..policy.timestamps import read_timing
from ..streams.selection import Selection

# with these the duration of the output cannot be predicted from the input's
_LENGTH_CHANGERS = frozenset(
    {
        "acrossfade",
        "aloop",
        "apad",
        "loop",
        "aselect",
        "asetrate",
        "atrim",
        "decimate",
        "dejudder",
        "detelecine",
    }
    | {"fieldmatch", "framestep", "mpdecimate", "pullup", "repeatfields", "select"}
    | {"silenceremove", "telecine", "thumbnail", "tile", "tinterlace", "tpad", "trim", "zoompan"}
)
# these end the output before the input
_ENDING_FILTERS = frozenset({"atrim", "thumbnail", "trim"})
_ENDING_PARAMS = frozenset(
    {("shortest", "1"), ("shortest", "true"), ("eof_action", "endall"), ("eof_action", "1")}
    | {("duration", "shortest"), ("duration", "1"), ("duration", "first"), ("duration", "2")}
)
_CUTTERS = frozenset(
    {"frames", "vframes", "aframes", "dframes", "shortest", "ss", "t", "to", "fs", "copyts"}
)


def trim_of_input(options: Input) -> tuple[float, float | None]:
    """Return the start and the duration, in seconds, of the part of an input that the job reads.

    A duration of None means up to the end. A start past the end that the input claims is allowed:
    the claim may be false, and the verification refuses an empty result.
    """
    start = options.start or 0.0
    duration = options.duration
    if options.end is not None:
        duration = options.end - start
    return start, duration


def expect(
    spec: JobSpec,
    infos: Sequence[MediaInfo],
    selection: Selection,
    graphs: Mapping[str, Sequence[Graph]],
    options: Sequence[Option],
) -> Expected:
    """Return the expected result; `graphs` holds the filters by kind of stream."""
    trims = [trim_of_input(source) for source in spec.sources]
    is_cut = any(option.name in _CUTTERS for option in options)
    lengths: list[float | None] = []
    ends: list[float | None] = []
    for stream in selection.streams:
        info = infos[stream.input]
        is_cover = stream.origin in selection.covers  # its duration is 0 or that of the whole file
        claimed = (
            None if stream.kind == "subtitle" or is_cover or is_cut else claimed_span(info, stream)
        )
        factor = _factor(graphs.get(stream.kind, ()))
        length, end = _length_and_end(claimed, factor, trims[stream.input])
        lengths.append(length)
        if stream.kind != "subtitle" and not is_cover:
            ends.append(end)
    known = [end for end in ends if end is not None]
    duration = max(known) if known and len(known) == len(ends) else None
    expected = Expected(
        duration,
        tuple(stream.kind for stream in selection.streams),
        lengths=tuple(lengths),
        origins=tuple(stream.origin for stream in selection.streams),
        is_plausible=duration is None or any(is_plausible(info, duration) for info in infos),
    )
    reads_to_end = trims[0][1] is None and not is_cut and not _ends_early(graphs)
    return _with_inputs(expected, infos, max(start for start, _ in trims), reads_to_end)


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
    if len(infos) > 1:  # an input may rightly end before the others, or be read in part
        return replace(found, reads_to_end=False)
    return replace(
        found,
        reads_to_end=reads_to_end,
        input_bytes=infos[0].bytes,
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


def _ends_early(graphs: Mapping[str, Sequence[Graph]]) -> bool:
    filters = [each for several in graphs.values() for graph in several for each in graph.filters]
    return any(
        each.name in _ENDING_FILTERS or not _ENDING_PARAMS.isdisjoint(each.params)
        for each in filters
    )


def keeps_length(graphs: Sequence[Graph]) -> bool:
    """Whether the filters leave the duration as it is."""
    return _factor(graphs) == 1.0


def _factor(graphs: Sequence[Graph]) -> float | None:
    """Return the factor between the input's duration and the output's; None if unknown."""
    filters = [each for graph in graphs for each in graph.filters]
    if any(each.name in _LENGTH_CHANGERS for each in filters):
        return None
    factors = [_stretch(each) for each in filters]
    known = [factor for factor in factors if factor is not None]
    return math.prod(known) if len(known) == len(factors) else None


def _stretch(each: Filter) -> float | None:
    params = dict(each.params)
    if each.name in ("atempo", "rubberband"):
        return 1 / float(params.get("tempo", "1"))
    if each.name not in ("setpts", "asetpts"):
        return 1.0
    timing = read_timing(params["expr"])
    return None if timing.shift else timing.factor
