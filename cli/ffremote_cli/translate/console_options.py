"""Options that say how ffmpeg talks, asks and reports; the client does them itself."""

from dataclasses import dataclass

from .errors import CannotTranslate
from .line.command_line import Line

_LEVELS = {
    "quiet": -8,
    "panic": 0,
    "fatal": 8,
    "error": 16,
    "warning": 24,
    "info": 32,
    "verbose": 40,
    "debug": 48,
    "trace": 56,
}
_FLAGS = frozenset({"repeat", "level", "time", "datetime"})


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """How to behave; `overwrite` of None means that a person is asked."""

    overwrite: bool | None
    shows_progress: bool
    shows_remarks: bool
    shows_log: bool
    """Whether the words of an FFmpeg that failed are shown; our own reason always is."""
    progress_target: str | None


def read_talk(line: Line) -> ConsoleOptions:
    """Read -y, -n, -loglevel, -stats and -progress; the last of each counts."""
    said = {option.name: option.value for option in (*line.globals, *line.output_options)}
    level = _level(said.get("loglevel") or said.get("v"))
    shows_progress = level >= _LEVELS["info"]
    for option in line.globals:
        if option.name in ("stats", "nostats"):
            shows_progress = option.name == "stats"
    overwrite = None
    for option in line.globals:
        if option.name in ("y", "n"):
            overwrite = option.name == "y"
    if any(option.name == "nostdin" for option in line.globals):
        overwrite = bool(overwrite)
    return ConsoleOptions(
        overwrite=overwrite,
        shows_progress=shows_progress,
        shows_remarks=level >= _LEVELS["warning"],
        shows_log=level >= _LEVELS["fatal"],
        progress_target=_target(said.get("progress")),
    )


def _level(text: str | None) -> int:
    if text is None:
        return _LEVELS["info"]
    word = text.rpartition("+")[2]  # before it stand flags, as in repeat+level+info
    if word in _FLAGS:
        return _LEVELS["info"]
    try:
        return _LEVELS[word] if word in _LEVELS else int(word)
    except ValueError as exc:
        raise CannotTranslate(f"-loglevel {text}", f"the levels are {', '.join(_LEVELS)}") from exc


def _target(text: str | None) -> str | None:
    if text is None or text.startswith("pipe:") or "://" not in text:
        return text
    raise CannotTranslate(f"-progress {text}", "progress goes to a file, pipe:1 or pipe:2")
