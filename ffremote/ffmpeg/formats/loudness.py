"""Loudness normalisation: measure each audio track in one pass, correct it in the last."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

# FFmpeg prefixes only the first line, and prints all lines of a measurement at once
_BEGINS = re.compile(r"\[loudnorm@track(\d{1,3})\] \[info\] ?\{?")
_KEYS = ("input_i", "input_tp", "input_lra", "input_thresh", "target_offset")
Measured = dict[str, float]
_MAX_LINES = 30
_MAX_LINE = 120


class Measurements:
    """Collects the JSON objects that loudnorm prints; similar lines, as in a title, are ignored."""

    def __init__(self) -> None:
        self._track = 0
        self._lines: list[str] | None = None
        self._found: dict[int, dict[str, Any] | None] = {}

    def add(self, line: str) -> None:
        """Read one line of FFmpeg's stderr."""
        begins = _BEGINS.fullmatch(line.rstrip()) or _BEGINS.fullmatch(line)
        if begins:
            self._track = int(begins[1])
            self._lines = ["{"] if line.rstrip().endswith("{") else []
        elif self._lines is not None:
            self._continue(line.strip())

    def _continue(self, text: str) -> None:
        assert self._lines is not None
        self._lines.append(text)
        if text == "}":
            self._found[self._track], self._lines = _read("".join(self._lines)), None
        elif len(self._lines) > _MAX_LINES or len(text) > _MAX_LINE or text.startswith("["):
            self._lines = None

    def of_track(self, track: int) -> Measured | None:
        """Return the measurement of a track, or None for silence and if there is none."""
        found = self._found.get(track) or {}
        measured = {key: _finite(found.get(key)) for key in _KEYS}
        if any(value is None for value in measured.values()):
            return None
        return {key: value for key, value in measured.items() if value is not None}


def measuring(chains: Mapping[int, str], loudnorm: str) -> list[str]:
    """Return the options of a pass that measures tracks, by number, after their filters."""
    options = []
    for track, chain in chains.items():
        parts = [*([chain] if chain else []), measuring_filter(track, loudnorm)]
        options += [f"-filter:a:{track}", ",".join(parts)]
    return options


def measuring_filter(track: int, loudnorm: str) -> str:
    """Return the filter that prints the measurement of a track."""
    return f"{loudnorm.replace('loudnorm=', f'loudnorm@track{track}=', 1)}:print_format=json"


def corrections(loudnorm: Sequence[str], measured: Callable[[int], Measured | None]) -> list[str]:
    """Return, for each track's filter in `loudnorm`, the filter that corrects the track."""
    return [_correction(text, measured(track)) for track, text in enumerate(loudnorm)]


def _correction(loudnorm: str, measured: Measured | None) -> str:
    if measured is None:
        return "anull"  # silence needs no correction
    return (
        f"{loudnorm}:measured_I={measured['input_i']}:measured_TP={measured['input_tp']}"
        f":measured_LRA={measured['input_lra']}:measured_thresh={measured['input_thresh']}"
        f":offset={measured['target_offset']}:linear=1"
        # loudnorm emits frames of several seconds, which the FLAC encoder of FFmpeg 9 refuses
        ",asetnsamples=n=4096:p=0"
    )


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
