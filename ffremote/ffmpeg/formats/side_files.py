"""The fonts and LUTs of a job: which of its filters use them, and by which name."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec
from ffremote.spec.roles import Role

from ..model.media_info import MediaInfo
from ..policy.filtergraph import Filter, Graph
from ..policy.graphs.complex_graph import ComplexGraph
from .video import job_filters


@dataclass(frozen=True, slots=True)
class SideFile:
    """An input without streams; `name` is its path for FFmpeg, below the job's directory."""

    number: int
    role: Role
    path: str
    """The file as it was uploaded."""
    name: str
    dimensions: int | None = None
    """1 or 3 for a LUT; None if it is not known yet."""


@dataclass(frozen=True, slots=True)
class _Use:
    """What a filter takes in place of a file of its own."""

    role: Role
    parameter: str
    """FFmpeg's name of the parameter."""
    dimensions: int | None = None
    other: str = ""
    """The filter for tables of other dimensions."""
    is_needed: bool = True


_USES = {
    "lut3d": _Use("lut", "file", 3, "lut1d"),
    "lut1d": _Use("lut", "file", 1, "lut3d"),
    "drawtext": _Use("font", "fontfile", is_needed=False),
}


def side_files(spec: JobSpec, infos: Sequence[MediaInfo], attempt: str) -> tuple[SideFile, ...]:
    """Return the inputs without streams, in their order.

    A LUT is written anew for the attempt, by the extension of the one format that FFmpeg reads.
    """
    return tuple(
        SideFile(
            number,
            source.role,
            path := f"inputs/{number}/input",
            f"{attempt}/lut{number}.cube" if source.role == "lut" else path,
            info.dimensions,
        )
        for number, (source, info) in enumerate(zip(spec.sources, infos, strict=True))
        if not source.has_streams
    )


def luts(choice_files: Sequence[SideFile], used: Collection[int]) -> tuple[tuple[str, str], ...]:
    """Return the LUTs that filters use: the name of each for FFmpeg, and the input that has it."""
    found = (each for each in choice_files if each.role == "lut" and each.number in used)
    return tuple((each.name, each.path) for each in found)


def located(graphs: Sequence[Graph], files: Sequence[SideFile], spec: JobSpec) -> list[Graph]:
    """Return the video filters with the names of the files that they use.

    Raise InvalidArgument, with the field of the filter, for an input that is no such file.
    """
    found = []
    for graph in graphs:
        try:
            chains = [tuple(_located(each, files, spec) for each in c) for c in graph.chains]
        except ValueError as exc:
            field = _field(spec, graph)
            raise InvalidArgument(field, f"{field}: {exc}.") from exc
        found.append(Graph(tuple(chains)))
    return found


def located_graph(graph: ComplexGraph, files: Sequence[SideFile], spec: JobSpec) -> ComplexGraph:
    """Return the graph with the names of the files that it uses; raise as `located`."""
    try:
        nodes = [replace(n, filter=_located(n.filter, files, spec)) for n in graph.nodes]
    except ValueError as exc:
        raise InvalidArgument("graph", f"graph: {exc}.") from exc
    return replace(graph, nodes=tuple(nodes))


def named_inputs(spec: JobSpec, in_graph: Iterable[Filter]) -> frozenset[int]:
    """Return the numbers of the inputs that filters use as files; `in_graph` are the graph's."""
    video = spec.video_options
    graphs = job_filters((video.filters if video else None) or (), "video.filters", "v")
    filters = [*in_graph, *(each for graph in graphs for each in graph.filters)]
    params = [param for each in filters if each.name in _USES for param in each.params]
    return frozenset(int(value) for key, value in params if key == "input")


def _located(each: Filter, files: Sequence[SideFile], spec: JobSpec) -> Filter:
    use = _USES.get(each.name)
    if use is None:
        return each
    number = dict(each.params).get("input")
    if number is None:
        if use.is_needed and use.parameter not in dict(each.params):
            raise ValueError(
                f"{each.name} needs input=N, the number of an input with the role {use.role}"
            )
        return each
    file = _file(each.name, use, int(number), files, spec)
    rest = [(key, value) for key, value in each.params if key != "input"]
    return replace(each, params=((use.parameter, file.name), *rest))


def _file(name: str, use: _Use, number: int, files: Sequence[SideFile], spec: JobSpec) -> SideFile:
    count = len(spec.sources)
    if number >= count:
        has = "1 input, which is 0" if count == 1 else f"{count} inputs, from 0"
        raise ValueError(f"{name} names input {number}; the job has {has}")
    role = spec.sources[number].role
    if role != use.role:
        raise ValueError(
            f"{name} names input {number}, whose role is {role}; it needs the role {use.role}"
        )
    file = next(each for each in files if each.number == number)
    if None not in (use.dimensions, file.dimensions) and use.dimensions != file.dimensions:
        raise ValueError(
            f"input {number} is a table of {file.dimensions} dimension"
            f"{'s' if file.dimensions != 1 else ''}; write {use.other}=input={number}"
        )
    return file


def _field(spec: JobSpec, graph: Graph) -> str:
    """Return the field of the first of the job's own filters that has a name in the graph."""
    names = {each.name for each in graph.filters if each.name in _USES}
    video = spec.video_options
    texts = (video.filters if video else None) or ()
    place = next((n for n, text in enumerate(texts) if any(name in text for name in names)), 0)
    return f"video.filters[{place}]"
