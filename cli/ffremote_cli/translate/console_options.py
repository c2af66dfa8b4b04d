"""Console options of ffmpeg (-y, -n, -loglevel, -stats, -progress); the client applies them."""

from dataclasses import dataclass

from .command_line.parser import CommandLine
from .errors import CannotTranslate

LEVELS = {
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
_LOG_FLAGS = frozenset({"repeat", "level", "time", "datetime"})


@dataclass(frozen=True, slots=True)
class ConsoleOptions:
    """What the client prints, and whether it overwrites the output; None: ask on the terminal."""

    overwrite: bool | None
    shows_progress: bool
    shows_remarks: bool
    shows_log: bool
    """Whether FFmpeg's messages are printed after a failure; ffremote's own error always is."""
    progress_target: str | None
    level: int = LEVELS["info"]
    """Messages of FFmpeg up to this level are wanted."""


def read_console_options(line: CommandLine) -> ConsoleOptions:
    """Read -y, -n, -loglevel, -stats and -progress; the last occurrence of each wins."""
    values = {option.name: option.value for option in (*line.globals, *line.output_options)}
    level = _level(values.get("loglevel") or values.get("v"))
    shows_progress = level >= LEVELS["info"]
    for option in line.globals:
        if option.name in ("stats", "nostats"):
            shows_progress = option.name == "stats"
    return ConsoleOptions(
        overwrite=_overwrite(line),
        shows_progress=shows_progress,
        shows_remarks=level >= LEVELS["warning"],
        shows_log=level >= LEVELS["fatal"],
        progress_target=_progress_target(values.get("progress")),
        level=level,
    )


def _overwrite(line: CommandLine) -> bool | None:
    overwrite = None
    for option in line.globals:
        if option.name in ("y", "n"):
            overwrite = option.name == "y"
    if any(option.name == "nostdin" for option in line.globals):
        return bool(overwrite)
    return overwrite


def _level(text: str | None) -> int:
    if text is None:
        return LEVELS["info"]
    word = text.rpartition("+")[2]  # flags may come before the level: repeat+level+info
    if word in _LOG_FLAGS:
        return LEVELS["info"]
    try:
        return LEVELS[word] if word in LEVELS else int(word)
    except ValueError as exc:
        raise CannotTranslate(
            f"-loglevel {text}", f"unknown level; the levels are {', '.join(LEVELS)}"
        ) from exc


def _progress_target(text: str | None) -> str | None:
    if text is None or text.startswith("pipe:") or "://" not in text:
        return text
    raise CannotTranslate(
        f"-progress {text}", "progress can only be written to a file, pipe:1 or pipe:2"
    )
