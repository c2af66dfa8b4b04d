"""Parses the output of `-progress`; pure.

FFmpeg writes blocks of `key=value` lines, each closed by `progress=continue` or `progress=end`.
`out_time_us` and `out_time_ms` are both microseconds in every version from 5.1 to 9; they may be
N/A at first, may be negative, and may even decrease (9.0 did once).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

LONGEST = 256  # bytes of a line; FFmpeg's own are shorter
LARGEST = 2.0**62
KEYS = frozenset(
    (
        *("frame", "fps", "out_time_us", "out_time_ms", "total_size", "speed", "progress"),
        *("dup_frames", "drop_frames"),
    )
)


@dataclass(frozen=True, slots=True)
class ProgressBlock:
    """One block of progress; None for each value that FFmpeg did not report."""

    frame: int | None = None
    fps: float | None = None
    out_microseconds: int | None = None
    output_bytes: int | None = None
    speed: float | None = None
    dup_frames: int | None = None
    drop_frames: int | None = None
    is_last: bool = False


@dataclass(slots=True)
class ProgressReader:
    """Parses the bytes of the pipe as they arrive, into blocks."""

    _rest: bytes = b""
    _values: dict[str, str] = field(default_factory=dict)
    _is_cut: bool = False

    def feed(self, data: bytes) -> Iterator[ProgressBlock]:
        """Yield each block that `data` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            is_complete, self._is_cut = not self._is_cut and len(line) <= LONGEST, False
            if not is_complete:
                continue
            key, _, value = line.decode("utf-8", "replace").strip().partition("=")
            if key in KEYS:
                self._values[key] = value.strip()
            if key == "progress":
                yield _block(self._values)
                self._values = {}
        if len(self._rest) > LONGEST:
            self._rest, self._is_cut = b"", True


def _block(values: dict[str, str]) -> ProgressBlock:
    return ProgressBlock(
        frame=_integer(values.get("frame")),
        fps=_finite(values.get("fps")),
        out_microseconds=_integer(values.get("out_time_us") or values.get("out_time_ms")),
        output_bytes=_integer(values.get("total_size")),
        speed=_finite(values.get("speed", "").removesuffix("x")),
        dup_frames=_integer(values.get("dup_frames")),
        drop_frames=_integer(values.get("drop_frames")),
        is_last=values["progress"] == "end",
    )


def _integer(text: str | None) -> int | None:
    number = _finite(text)
    return None if number is None or abs(number) > LARGEST else int(number)


def _finite(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None  # N/A
    return number if math.isfinite(number) else None
