"""Refuses a job whose result would never end, because an input is repeated without end."""

from collections.abc import Collection
from functools import cache

from ffremote.errors import InvalidArgument

from ...policy.graphs.complex_graph import ComplexGraph, Node
from ...policy.graphs.graph_ends import ends_with_another, is_trimmed
from ..resolved_job import ResolvedJob

_ENDING_OPTIONS = frozenset({"t", "to", "fs"})


def refuse_endless(job: ResolvedJob) -> None:
    """Raise InvalidArgument unless the job's options, its graph or other inputs end the result."""
    sources = enumerate(job.spec.sources)
    loops = {n for n, s in sources if s.is_endless and s.duration is None and s.end is None}
    options = {option.name for option in job.choice.options}
    is_first = job.choice.container.is_image and not job.choice.keeps_last_picture
    if not loops or is_first or options & _ENDING_OPTIONS:
        return
    streams = [s for s in job.selection.streams if s.kind in ("video", "audio")]
    streams = [s for s in streams if s.origin not in job.selection.covers]
    if options & {"frames", "vframes"} and all(s.kind == "video" for s in streams):
        return
    read = {link for link, stream in job.bound.items() if stream.input in loops}
    made = _endless_outputs(job.choice.graph, read)
    endless = [s.index in made if s.is_made else s.input in loops for s in streams]
    if all(endless) if "shortest" in options else any(endless):
        field = f"{job.spec.source_field(min(loops))}.loop"
        raise InvalidArgument(
            field,
            f"{field} is without end, and nothing ends the result: set the duration of the input,"
            " or add -t to extra_args, or -shortest beside a stream that ends.",
        )


def _endless_outputs(graph: ComplexGraph | None, read: Collection[int]) -> set[int]:
    """Return the numbers of the outputs without end; `read` has the links without end."""
    if graph is None:
        return set()
    makers = graph.makers

    @cache  # a link that is split and joined again and again is reached by 2^n paths
    def is_endless(link: int) -> bool:
        node = makers.get(link)
        if node is None:
            return link in read
        return _makes_endless(node, [is_endless(each) for each in node.inputs])

    return {number for number, pad in enumerate(graph.outputs) if is_endless(pad.link)}


def _makes_endless(node: Node, takes: list[bool]) -> bool:
    each = node.filter
    if not takes or is_trimmed(each):
        return False  # a source has a duration, see `add_ends`
    if ends_with_another(each):
        return all(takes)
    if ("duration", "first") in each.params or ("duration", "2") in each.params:
        return takes[0]
    return takes[-1] if each.name == "xfade" else any(takes)
