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
from .output_errors import under

_SEVERAL_PASSES = frozenset({"vidstabdetect", "vidstabtransform"})


def job_graph(
    spec: JobSpec, products: Sequence[tuple[JobSpec, Sequence[Option]]]
) -> ComplexGraph | None:
    """Return the graph of the job, None if it has none; raise InvalidArgument if it is wrong.

    `products` has the job as it is for each output, with the options that have no field.
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
            _refuse_endless(texts, [options for _, options in products])
    except ValueError as exc:
        raise InvalidArgument("graph", f"graph: {exc}.") from exc
    _check_inputs(spec, graph)
    _check_labels(spec, [product for product, _ in products], graph)
    for number, (product, _) in enumerate(products):
        with under(spec.output_field(number)):
            _check_fields(product, _made_kinds(graph, shares(spec, graph)[number]))
    return graph


def shares(spec: JobSpec, graph: ComplexGraph | None) -> list[frozenset[int] | None]:
    """Return, for each output of the job, the numbers of the graph's outputs which it may take.

    None is all of them. Of several outputs, one without `streams` takes none, but the first takes
    those without a label, which is FFmpeg's rule.
    """
    products = spec.products
    if graph is None or len(products) == 1:
        return [None] * len(products)
    found: list[frozenset[int] | None] = []
    for number, product in enumerate(products):
        named: set[str | None] = {
            text[1:-1] for text in product.streams or () if text.startswith("[")
        }
        if number == 0:
            named.add(None)
        pads = enumerate(graph.outputs)
        found.append(frozenset(place for place, pad in pads if pad.label in named))
    return found


def refuse_copies(
    graph: ComplexGraph | None,
    offered: frozenset[int] | None,
    video: str | None,
    audio: str | None,
) -> None:
    """Raise InvalidArgument if an output of the graph would be copied: it must be encoded."""
    for number, pad in enumerate(graph.outputs if graph else ()):
        if offered is not None and number not in offered:
            continue
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


def _refuse_endless(texts: Sequence[str], outputs: Sequence[Sequence[Option]]) -> None:
    filters = [each for text in texts for chain in read_chains(text) for each in chain]
    endless = [each.name for each in filters if is_endless(each)]
    is_cut = all(any(o.name in ("shortest", "t", "to") for o in options) for options in outputs)
    if endless and not is_cut and not has_end(filters):
        raise ValueError(
            f"the source {endless[0]!r} never ends: give it a duration, or end with the shortest"
            " (`shortest=1` of a filter, or -shortest in extra_args)"
        )


def refuse_endless_sources(
    spec: JobSpec,
    graph: ComplexGraph | None,
    options: Sequence[Option],
    offered: frozenset[int] | None,
) -> None:
    """Raise InvalidArgument if what one output takes of a graph without inputs would never end.

    `offered` are the numbers of the graph's outputs that it takes, None for all.
    """
    if graph is None or any(source.has_streams for source in spec.sources):
        return
    names = {option.name for option in options}
    taken = frozenset(range(len(graph.outputs))) if offered is None else offered
    endless = taken & endless_outputs(graph, sources=True)
    is_video = all(graph.outputs[number].kind == "video" for number in endless)
    if names & {"t", "to"} or (names & {"frames", "vframes"} and is_video):
        return
    if endless:  # -shortest does not end sources: FFmpeg 5.1 goes on encoding them
        source = next(each.name for each in graph.filters if lasts_to_the_limit(each))
        raise InvalidArgument(
            "graph",
            f"graph: the source {source!r} never ends: give it a duration (`d=10`), or end the"
            " result with -t in extra_args.",
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


def _check_labels(spec: JobSpec, products: Sequence[JobSpec], graph: ComplexGraph) -> None:
    """Raise InvalidArgument unless `streams`, if given, names each labelled output once."""
    made = [pad.label for pad in graph.outputs if pad.label is not None]
    shown = ", ".join(f"[{label}]" for label in made) or "no labelled output"
    named: list[str] = []
    for number, product in enumerate(products):
        for place, text in enumerate(product.streams or ()):
            if not text.startswith("["):
                continue
            if text[1:-1] not in made:
                field = f"{spec.output_field(number)}streams[{place}]"
                raise InvalidArgument(field, f"{field} names {text}, but the graph makes {shown}.")
            named.append(text[1:-1])
    twice = next((label for label, count in Counter(named).items() if count > 1), None)
    if twice is not None:
        raise InvalidArgument(
            "streams", f"streams names [{twice}] twice; `split` in the graph doubles an output."
        )
    left = [label for label in made if label not in named]
    if left and (len(products) > 1 or products[0].streams):
        raise InvalidArgument(
            "graph", f"graph: the output [{left[0]}] is not used; name it in `streams`."
        )


def _made_kinds(graph: ComplexGraph, offered: frozenset[int] | None) -> list[str]:
    pads = enumerate(graph.outputs)
    return [pad.kind for number, pad in pads if offered is None or number in offered]


def _check_fields(spec: JobSpec, made: Sequence[str]) -> None:
    """Raise InvalidArgument for fields that a graph which makes `made`, kinds, excludes."""
    video, audio = spec.video_options, spec.audio_options
    filters = (video.filters if video else None) or ()
    if any(name in text for name in _SEVERAL_PASSES for text in filters):
        raise InvalidArgument(
            "video.filters", "vidstabtransform is not supported in a job with a graph."
        )
    if video is not None and video.two_pass and made.count("video") > 1:
        raise InvalidArgument(
            "video.two_pass",
            "video.two_pass encodes one video stream, but the graph makes several.",
        )
    if audio is not None and audio.input is not None and "audio" in made:
        raise InvalidArgument(
            "audio.input",
            "audio.input and graph exclude each other: the graph makes the sound of the result.",
        )
