"""Refuses a job whose result would never end, because an input is repeated without end."""

from ffremote.errors import InvalidArgument

from ...policy.graphs.endless_outputs import endless_outputs
from ..resolved_job import ResolvedJob

_ENDING_OPTIONS = frozenset({"t", "to", "fs"})


def refuse_endless(job: ResolvedJob) -> None:
    """Raise InvalidArgument unless the job's options, its graph or other inputs end the result."""
    sources = enumerate(job.spec.sources)
    loops = {n for n, s in sources if s.is_endless and s.duration is None and s.end is None}
    options = {option.name for option in job.choice.options}
    if not loops or job.choice.is_one_picture or options & _ENDING_OPTIONS:
        return
    streams = [s for s in job.selection.streams if s.kind in ("video", "audio")]
    streams = [s for s in streams if s.origin not in job.selection.covers]
    if options & {"frames", "vframes"} and all(s.kind == "video" for s in streams):
        return
    read = {link for link, stream in job.bound.items() if stream.input in loops}
    graph = job.choice.graph
    made = endless_outputs(graph, read) if graph else set()
    endless = [s.index in made if s.is_made else s.input in loops for s in streams]
    if all(endless) if "shortest" in options else any(endless):
        field = f"{job.spec.source_field(min(loops))}.loop"
        raise InvalidArgument(
            field,
            f"{field} is without end, and nothing ends the result: set the duration of the input,"
            " or add -t to extra_args, or -shortest beside a stream that ends.",
        )
