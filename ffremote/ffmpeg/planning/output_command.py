"""The command lines of one output, before they are put together with those of the others."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..model.plan import Pass
from ..model.planned_output import PlannedOutput
from .graphs.graph_text import Tail
from .resolved_job import ResolvedJob


@dataclass(frozen=True, slots=True)
class OutputCommand:
    """The passes of one output, the last of which may write other outputs, too."""

    job: ResolvedJob
    preparing: tuple[Pass, ...]
    reading: tuple[str, ...]
    """The options of the last pass up to its last input."""
    unsought: tuple[str, ...] | None
    """The same without seeking, if that is worth a try when nothing was found."""
    tails: Mapping[int, Tail]
    """What is behind the outputs of the job's graph, by their numbers."""
    writing: tuple[str, ...]
    """The options of the output, and its file."""
    planned: PlannedOutput
    folders: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    luts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
