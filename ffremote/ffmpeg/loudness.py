"""The measurement that loudnorm prints at the end of a pass that measures."""

import json
import re
from typing import Any

# FFmpeg prefixes the first line alone, and prints all of them at once
_BEGINS = re.compile(r"\[Parsed_loudnorm_\d+\] \[info\] ?\{?")
_KEYS = ("input_i", "input_tp", "input_lra", "input_thresh", "target_offset")
_MAX_LINES = 30
_MAX_LINE = 120


class Measurement:
    """Collects the JSON object; lines of others, as a title that looks like one, are not its."""

    def __init__(self) -> None:
        self._lines: list[str] | None = None
        self._found: dict[str, Any] | None = None

    def take(self, line: str) -> None:
        """Take one line of FFmpeg's messages."""
        if _BEGINS.fullmatch(line.rstrip()) or _BEGINS.fullmatch(line):
            self._lines = ["{"] if line.rstrip().endswith("{") else []
        elif self._lines is not None:
            self._continue(line.strip())

    def _continue(self, text: str) -> None:
        assert self._lines is not None
        self._lines.append(text)
        if text == "}":
            self._found, self._lines = _read("".join(self._lines)), None
        elif len(self._lines) > _MAX_LINES or len(text) > _MAX_LINE or text.startswith("["):
            self._lines = None

    def values(self) -> dict[str, float] | None:
        """Return what loudnorm measured, or None for silence and for no measurement."""
        measured = {key: _finite((self._found or {}).get(key)) for key in _KEYS}
        if any(value is None for value in measured.values()):
            return None
        return {key: value for key, value in measured.items() if value is not None}


def _read(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _finite(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if -100 < value < 100 else None
