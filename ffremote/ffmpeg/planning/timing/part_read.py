"""Says which part of the only input of a job an output needs, for the progress of its run; pure."""

from collections.abc import Collection

from ...model.claimed_duration import claimed_length
from ...model.expected import PartRead
from ...policy.value_rules import seconds_of
from ..input_times import trim_of_input
from ..resolved_job import ResolvedJob

_OWN_TIMES = frozenset({"ss", "t", "to"})


def part_read(job: ResolvedJob, cutters: Collection[str], *, ends_early: bool) -> PartRead | None:
    """Return the part that the output needs; None if that is not known from its times alone.

    `cutters` are the names of all options that may end an output before its input.
    """
    if len(job.infos) != 1 or job.infos[0].pictures is not None or ends_early:
        return None
    source = job.spec.sources[0]
    given = {o.name: o.value or "" for o in job.choice.options if o.name in cutters}
    if source.is_retimed or source.is_endless or not given.keys() <= _OWN_TIMES:
        return None
    own = {name: seconds_of(value) for name, value in given.items()}
    start, length = trim_of_input(source)
    skipped = own.get("ss", 0.0)
    ends = [] if length is None else [length]
    ends += [skipped + own["t"] if "t" in own else own["to"]] if own.keys() & {"t", "to"} else []
    return _as_shares(start, min(ends, default=None), skipped, claimed_length(job.infos[0]))


def _as_shares(
    start: float, needed: float | None, skipped: float, total: float | None
) -> PartRead | None:
    """Return the part by its start, the seconds behind it, and those of the whole input."""
    if not total:
        is_whole = start == 0 and needed is None
        return PartRead(0.0, 1.0, skips=skipped > 0) if is_whole else None
    end = 1.0 if needed is None else min(1.0, (start + needed) / total)
    begin = start / total
    return PartRead(begin, end, skips=skipped > 0) if begin < end else None
