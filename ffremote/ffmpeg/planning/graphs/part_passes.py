"""Writes the passes that copy the inputs of a joined job into files of ours."""

from dataclasses import replace

from ...model.plan import Pass, Plan
from ..input_options import Reading, reading_options
from ..output_options import duration_limit
from ..resolved_job import ResolvedJob
from .alike import Parts, list_name, list_text, writing_options

_WEIGHT = 0.3  # of all copies beside the passes that follow


def with_parts(planned: Plan, job: ResolvedJob) -> Plan:
    """Return the plan with a pass for each input before it, and with the list that it reads.

    A joined job has one output.
    """
    parts = job.parts
    if parts is None:
        return planned
    count = len(parts.infos)
    copies = [_copy(job, parts, number, _WEIGHT / count) for number in range(count)]
    others = [replace(each, weight=each.weight * (1 - _WEIGHT)) for each in planned.passes]
    origins = [stream.origin for stream in parts.streams[0]]
    [output] = planned.outputs
    expected = replace(
        output.expected.with_unknown_reading(),
        origins=tuple(found and origins[found[1]] for found in output.expected.origins),
        demuxers=(*output.expected.demuxers, *(info.format for info in parts.infos)),
    )
    return replace(
        planned,
        passes=(*copies, *others),
        files=((list_name(job.attempt), list_text(parts)),),
        outputs=(replace(output, expected=expected),),
    )


def _copy(job: ResolvedJob, parts: Parts, number: int, weight: float) -> Pass:
    reading = Reading(copies=True, only=number, attempt=job.attempt)
    words = reading_options(parts.spec, parts.infos, job.capabilities, job.limits, reading)
    for stream in parts.streams[number]:
        words += ["-map", f"0:{stream.index}"]
    words += ["-c", "copy", "-map_chapters", "-1", "-max_muxing_queue_size", "1024"]
    words += [*duration_limit(job.limits), *writing_options(parts, job.attempt, number)]
    return Pass(tuple(words), weight)
