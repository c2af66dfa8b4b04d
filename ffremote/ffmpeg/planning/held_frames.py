"""Bounds the memory of filters that hold many frames: `reverse`, `loop` and their audio forms."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ffremote.spec.sections import Input
from ffremote.states import FailureReason

from ..formats.frame_size import UNKNOWN, Size, shown_size, size_after
from ..model.claimed_duration import claimed_length
from ..model.failure import refuse
from ..model.limits import Limits
from ..model.media_info import MediaInfo, Stream
from ..policy.filtergraph import Filter, Graph
from .timing.trims import read_trim

_SHARE_OF_MEMORY = 0.5  # decoder, encoder and other filters need the rest
_FALLBACK_FPS = 60.0
_SAMPLE_BYTES = 4
_DEEP = re.compile(r"(?:9|1[0-6]|p01[0-6]|48|64|f32)(?:le|be)?$", re.ASCII)
_BYTES = {"420": 1.5, "410": 1.5, "411": 1.5, "nv12": 1.5, "422": 2.0, "440": 2.0, "gray": 1.0}
_HINT = "Read a shorter part (input.start and input.duration), or scale the video before."


@dataclass(frozen=True, slots=True)
class _Load:
    """What flows through a chain of filters: an upper bound of its frames, or of its samples."""

    seconds: float
    rate: float
    unit_bytes: float
    """Bytes of a frame, or of a sample of all channels."""

    @property
    def count(self) -> float:
        return self.seconds * self.rate


def seconds_read(info: MediaInfo, options: Input) -> float | None:
    """Return how much of an input a job reads at most, in seconds; None if that is not known."""
    start = options.start or 0.0
    wanted = options.duration if options.end is None else options.end - start
    claimed = _repeated(claimed_length(info), options)
    known = [each for each in (wanted, claimed and claimed - start) if each is not None]
    return max(0.0, min(known)) if known else None


def _repeated(claimed: float | None, options: Input) -> float | None:
    """Return the length with its repetitions; None if it is not known, or without end."""
    return None if claimed is None or options.is_endless else claimed * (1 + (options.loop or 0))


def check_video(
    graphs: Sequence[Graph], source: Stream, seconds: float | None, limits: Limits
) -> None:
    """Raise TranscodeError if the filters would hold more frames than fit into memory.

    Without a duration nothing is known before the run, and the memory limit of the job holds.
    """
    if seconds is None:
        return
    size = shown_size(source)
    load = _Load(seconds, source.fps or _FALLBACK_FPS, _frame_bytes(size, source.pix_fmt))
    pix_fmt = source.pix_fmt
    for graph, each in _filters(graphs):
        if graph is None:
            known = size_after([Graph(((each,),))], size)
            size = size if known == UNKNOWN else known
        if each.name == "format":
            pix_fmt = dict(each.params).get("pix_fmts", "").split("|")[0]
        load = replace(load, unit_bytes=_frame_bytes(size, pix_fmt))
        load = _after(each, load, limits)


def check_audio(
    graphs: Sequence[Graph], sources: Sequence[Stream], seconds: float | None, limits: Limits
) -> None:
    """Raise TranscodeError if the filters would hold more audio than fits into memory."""
    if seconds is None:
        return
    for source in sources:
        frame = (source.channels or 2) * _SAMPLE_BYTES
        load = _Load(seconds, source.sample_rate or 48000, frame)
        for _, each in _filters(graphs):
            load = _after(each, load, limits)


def _filters(graphs: Sequence[Graph]) -> Iterator[tuple[Graph | None, Filter]]:
    """Yield the filters, with their graph where it has several chains."""
    for graph in graphs:
        for each in graph.filters:
            yield (graph if len(graph.chains) > 1 else None), each


def _after(each: Filter, load: _Load, limits: Limits) -> _Load:
    """Return the load behind a filter; raise TranscodeError if it holds too much."""
    params = dict(each.params)
    if each.name in ("trim", "atrim"):
        return replace(load, seconds=read_trim(params).at_most(load.seconds))
    if each.name == "fps":
        match = re.fullmatch(r"([0-9.]+)(?:/([0-9]+))?", params.get("fps", ""), re.ASCII)
        rate = float(match[1]) / float(match[2] or 1) if match else load.rate
        return replace(load, rate=rate)
    if each.name in ("reverse", "areverse"):
        _check(each, load.count, load, limits)
    if each.name in ("loop", "aloop"):
        held = min(load.count, float(params.get("size", "0")))
        _check(each, held, load, limits)
        more = held * float(params.get("loop", "0")) / load.rate
        return replace(load, seconds=load.seconds + more)
    return load


def _check(each: Filter, count: float, load: _Load, limits: Limits) -> None:
    needed, allowed = count * load.unit_bytes, limits.max_memory_bytes * _SHARE_OF_MEMORY
    if needed > allowed:
        what = f"{count:.0f} samples" if each.name.startswith("a") else f"{count:.0f} frames"
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The filter {each.name} would hold {what} in memory, about {needed / 1e6:.0f} MB;"
            f" the limit is {allowed / 1e6:.0f} MB.",
            _HINT,
        )


def _frame_bytes(size: Size, pix_fmt: str | None) -> float:
    name = pix_fmt or ""
    base = next((value for key, value in _BYTES.items() if key in name), 4.0)
    if name.startswith("yuva"):
        base += 1.0
    return (size.width or 1920) * (size.height or 1080) * base * (2 if _DEEP.search(name) else 1)
