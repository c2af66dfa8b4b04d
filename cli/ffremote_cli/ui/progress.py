"""Chooses the progress output of a command: bars, lines or none."""

import sys

from ..settings.settings import Settings
from .progress_bars import ProgressDisplay
from .progress_lines import ProgressLines


def progress_display(settings: Settings, *, count: int = 1) -> ProgressDisplay | ProgressLines:
    """Return the display for `--progress`.

    The default is bars on a terminal and lines of text elsewhere, as in the log of a CI job; none
    with --quiet, and without a terminal none beside --json.
    """
    how = settings.progress
    if how == "auto":
        how = _automatic(settings)
    if how in ("plain", "json"):
        return ProgressLines(as_json=how == "json")
    return ProgressDisplay(quiet=how == "none", count=count, always=how == "bar")


def _automatic(settings: Settings) -> str:
    if settings.quiet:
        return "none"
    if sys.stderr.isatty():
        return "bar"
    return "none" if settings.json else "plain"
