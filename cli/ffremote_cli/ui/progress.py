"""Which way a command shows how far it is: bars, lines, or nothing."""

from ..settings.settings import Settings
from .progress_bars import Board
from .progress_lines import LineBoard


def board_for(settings: Settings, *, count: int = 1) -> Board | LineBoard:
    """The board that `--progress` asks for; by default bars on a terminal, unless quiet."""
    if settings.progress in ("plain", "json"):
        return LineBoard(as_json=settings.progress == "json")
    silent = settings.progress == "none" or (settings.quiet and settings.progress == "auto")
    return Board(quiet=silent, count=count, always=settings.progress == "bar")
