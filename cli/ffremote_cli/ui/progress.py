"""Chooses the progress output of a command: bars, lines or none."""

from ..settings.settings import Settings
from .progress_bars import ProgressDisplay
from .progress_lines import ProgressLines


def progress_display(settings: Settings, *, count: int = 1) -> ProgressDisplay | ProgressLines:
    """Return the display for `--progress`; the default is bars on a terminal, unless quiet."""
    if settings.progress in ("plain", "json"):
        return ProgressLines(as_json=settings.progress == "json")
    silent = settings.progress == "none" or (settings.quiet and settings.progress == "auto")
    return ProgressDisplay(quiet=silent, count=count, always=settings.progress == "bar")
