"""The filter graph of a job: read, and checked against the job's other fields."""

from collections import Counter
from collections.abc import Sequence

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec, counted_inputs
from ffremote.spec.grammar import read_stream_map

from ..policy.filtergraph import read_chains
from ..policy.graphs.complex_graph import ComplexGraph, read_complex_graph
from ..policy.graphs.endless_outputs import endless_outputs
from ..policy.graphs.graph_ends import has_end, is_endless, lasts_to_the_limit
from ..policy.options import Option
from .encoders import COPY

_SEVERAL_PASSES = frozenset({"vidstabdetect", "vidstabtransform"})


def job_graph(spec: JobSpec, options: Sequence[Option], *, is_picture: bool) -> ComplexGraph | None:
    """Return the graph of the job, None if it has none; raise InvalidArgument if it is wrong.

    `is_picture`: the result is one frame.
    """
    if spec.graph is None:
        return None
    texts = (spec.graph,) if isinstance(spec.graph, str) else spec.graph
    for place, text in enumerate(texts):
        field = "graph" if isinstance(spec.graph, str) else f"graph[{place}]"
        try:
            read_chains(text)
        except ValueError as exc:
            raise InvalidArgument(field, f"{field}: {exc}.") from exc
    try:
        graph = read_complex_graph(texts)
        _refuse_several_passes(graph)
        if any(source.has_streams for source in spec.sources):
            _refuse_endless(texts, options)
        elif not is_picture:
            _refuse_endless_outputs(graph, options)
    except ValueError as exc:
        raise InvalidArgument("graph", f"graph: {exc}.") from exc
    _check_inputs(spec, graph)
    _check_labels(spec, graph)
    _check_fields(spec)
    return graph


def refuse_copies(graph: ComplexGraph | None, video: str | None, audio: str | None) -> None:
    """Raise InvalidArgument if an output of the graph would be copied: it must be encoded."""
    for pad in graph.outputs if graph else ():
        if (video if pad.kind == "video" else audio) == COPY:
            field = f"{pad.kind}.codec"
            raise InvalidArgument(
                field, f"{field} is copy, but the graph makes {pad.kind}, which must be encoded."
            )


def _refuse_several_passes(graph: ComplexGraph) -> None:
    for each in graph.filters:
        if each.name in _SEVERAL_PASSES:
            raise ValueError(
                f"the filter {each.name!r} needs a pass of its own; write it in video.filters of a"
                " job without a graph"
            )


def _refuse_endless(texts: Sequence[str], options: Sequence[Option]) -> None:
    filters = [each for text in texts for chain in read_chains(text) for each in chain]
    endless = [each.name for each in filters if is_endless(each)]
    is_cut = any(option.name in ("shortest", "t", "to") for option in options)
    if endless and not is_cut and not has_end(filters):
        raise ValueError(
            f"the source {endless[0]!r} never ends: give it a duration, or end with the shortest"
            " (`shortest=1` of a filter, or -shortest in extra_args)"
        )


def _refuse_endless_outputs(graph: ComplexGraph, options: Sequence[Option]) -> None:
    """Raise ValueError for a graph without inputs of which something would never end."""
    names = {option.name for option in options}
    endless = endless_outputs(graph, sources=True)
    is_video = all(graph.outputs[number].kind == "video" for number in endless)
    if names & {"t", "to"} or (names & {"frames", "vframes"} and is_video):
        return
    if len(endless) == len(graph.outputs) if "shortest" in names else endless:
        source = next(each.name for each in graph.filters if lasts_to_the_limit(each))
        raise ValueError(
            f"the source {source!r} never ends: give it a duration (`d=10`), or end the result with"
            " -t in extra_args, or with -shortest there beside an output that ends"
        )


def _check_inputs(spec: JobSpec, graph: ComplexGraph) -> None:
    count = len(spec.sources)
    for pad in graph.inputs:
        parts = read_stream_map(pad.label or "")
        if parts is not None and parts.input >= count:
            has = counted_inputs(count)
            raise InvalidArgument(
                "graph", f"graph: [{pad.label}] names input {parts.input}; the job has {has}."
            )
        if parts is not None and not spec.sources[parts.input].has_streams:
            role = spec.sources[parts.input].role
            raise InvalidArgument(
                "graph",
                f"graph: [{pad.label}] names input {parts.input}, a {role} without streams.",
            )
        if count == 0:
            reader = next(node.filter.name for node in graph.nodes if pad.link in node.inputs)
            raise InvalidArgument(
                "graph",
                f"graph: the filter {reader!r} reads a stream of an input, and the job has none:"
                " begin each chain with a source such as testsrc2 or sine.",
            )


def _check_labels(spec: JobSpec, graph: ComplexGraph) -> None:
    """Raise InvalidArgument unless `streams`, if given, names each labelled output once."""
    made = [pad.label for pad in graph.outputs if pad.label is not None]
    named = [text[1:-1] for text in spec.streams or () if text.startswith("[")]
    shown = ", ".join(f"[{label}]" for label in made) or "no labelled output"
    for place, text in enumerate(spec.streams or ()):
        if text.startswith("[") and text[1:-1] not in made:
            field = f"streams[{place}]"
            raise InvalidArgument(field, f"{field} names {text}, but the graph makes {shown}.")
    twice = next((label for label, count in Counter(named).items() if count > 1), None)
    if twice is not None:
        raise InvalidArgument(
            "streams", f"streams names [{twice}] twice; `split` in the graph doubles an output."
        )
    left = [label for label in made if label not in named]
    if spec.streams and left:
        raise InvalidArgument(
            "graph", f"graph: the output [{left[0]}] is not used; name it in `streams`."
        )


def _check_fields(spec: JobSpec) -> None:
    video, audio = spec.video_options, spec.audio_options
    filters = (video.filters if video else None) or ()
    for field, is_set in (
        ("video.two_pass", video is not None and video.two_pass),
        ("audio.loudness", audio is not None and audio.loudness is not None),
        ("video.filters", any(name in text for name in _SEVERAL_PASSES for text in filters)),
        ("subtitles.mode", spec.subtitles is not None and spec.subtitles.mode == "burn"),
    ):
        if is_set:
            what = "vidstabtransform" if field == "video.filters" else field
            raise InvalidArgument(field, f"{what} is not supported in a job with a graph.")
