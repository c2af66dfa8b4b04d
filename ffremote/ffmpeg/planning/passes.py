"""Puts the command lines of a job's outputs together: what reads the same is one run of FFmpeg."""

from collections.abc import Sequence
from dataclasses import replace

from ffremote.errors import InvalidArgument

from ..formats.encoders import COPY
from ..formats.output_errors import named, under
from ..model.plan import Pass, Plan
from .command import write_output
from .graphs.graph_text import graph_options
from .output_command import OutputCommand
from .packages.names import refuse_same_names
from .resolved_job import ResolvedJob
from .warnings import unused_warnings


def write_passes(jobs: Sequence[ResolvedJob]) -> Plan:
    """Return the plan of a job, given as it is for each output: all passes in order, and warnings.

    Raise InvalidArgument if the outputs of the job's graph cannot be made in one run.
    """
    copies = any(COPY in (job.choice.video_encoder, job.choice.audio_encoder) for job in jobs)
    outputs: list[OutputCommand] = []
    for job in jobs:
        with under(f"outputs[{job.number}]." if len(jobs) > 1 else ""):
            outputs.append(write_output(job, copies=copies))
    runs = _by_reading(outputs)
    passes = [each for output in outputs for each in output.preparing]
    passes += [each for run in runs for each in _last_passes(run)]
    refuse_same_names([output.planned for output in outputs])
    total = sum(each.weight for each in passes)
    warnings = [
        warning
        for output in outputs
        for warning in named(output.job.spec, len(jobs), output.warnings)
    ]
    warnings += unused_warnings(jobs)
    return Plan(
        passes=tuple(replace(each, weight=each.weight / total) for each in passes),
        outputs=tuple(output.planned for output in outputs),
        warnings=tuple(warnings),
        folders=tuple(folder for output in outputs for folder in output.folders),
        links=tuple(link for output in outputs for link in output.links),
        luts=tuple(dict.fromkeys(lut for output in outputs for lut in output.luts)),
    )


def _by_reading(outputs: Sequence[OutputCommand]) -> list[list[OutputCommand]]:
    """Return the outputs in groups of those that read the inputs in the same way.

    A thumbnail, which is sought, has a run of its own beside a film.
    """
    groups: dict[tuple[str, ...], list[OutputCommand]] = {}
    for output in outputs:
        groups.setdefault(output.reading, []).append(output)
    with_graph = [run for run in groups.values() if any(each.job.selection.made for each in run)]
    if len(with_graph) > 1 and outputs[0].job.spec.graph is not None:
        raise InvalidArgument(
            "graph", "The graph's outputs go into files that read the inputs in different ways."
        )
    return list(groups.values())


def _last_passes(run: Sequence[OutputCommand]) -> list[Pass]:
    """Return the pass that writes the outputs of a run; for thumbnails, a fallback, too."""
    tails = {number: tail for output in run for number, tail in output.tails.items()}
    words = [
        *graph_options(run[0].job, tails, tuple(tails)),
        *(word for output in run for word in output.writing),
    ]
    numbers = tuple(output.job.number for output in run)
    passes = [Pass((*run[0].reading, *words), float(len(run)), outputs=numbers)]
    if run[0].unsought is not None:
        passes.append(Pass((*run[0].unsought, *words), 0.0, is_fallback=True, outputs=numbers))
    return passes
