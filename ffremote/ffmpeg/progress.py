"""Reads `-progress` output and turns it into percent; pure.

FFmpeg writes blocks of `key=value` lines, each closed by `progress=continue` or `progress=end`.
`out_time_us` and `out_time_ms` are both microseconds in every version from 5.1 to 9; they may say
N/A at first, be negative, and even fall (9.0 did once), so percent takes the highest seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

TOP = 99  # 100 belongs to a verified result


@dataclass(frozen=True, slots=True)
class Block:
    """One block: microseconds and bytes as FFmpeg told them, None where it did not."""

    frame: int | None = None
    fps: float | None = None
    out_microseconds: int | None = None
    output_bytes: int | None = None
    speed: float | None = None
    is_last: bool = False


@dataclass(slots=True)
class Reader:
    """Takes the bytes of the pipe as they come and gives whole blocks."""

    _rest: bytes = b""
    _values: dict[str, str] = field(default_factory=dict)

    def feed(self, data: bytes) -> Iterator[Block]:
        """Yield each block that `data` completes."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            key, _, value = line.decode("utf-8", "replace").strip().partition("=")
            self._values[key] = value.strip()
            if key == "progress":
                yield _block(self._values)
                self._values = {}


@dataclass(slots=True)
class Meter:
    """Percent of a whole job from the output time of the present pass; never falls.

    `expected_seconds` is the duration that the output shall have, None when nobody knows.
    `before` and `weight` place the pass in the job, as fractions of the work. `tail` is the share
    of the pass in which the muxer writes the file a second time (faststart), of which FFmpeg says
    nothing.
    """

    expected_seconds: float | None
    before: float = 0.0
    weight: float = 1.0
    percent: int = 0
    tail: float = 0.0
    _rewritten: float = 0.0

    def read(self, out_microseconds: int | None) -> int:
        """Return the percent after FFmpeg has written that much of its output."""
        if self.expected_seconds and out_microseconds is not None and out_microseconds > 0:
            done = min(1.0, out_microseconds / 1e6 / self.expected_seconds)
            done = done * (1 - self.tail) + self._rewritten * self.tail
            self.percent = max(
                self.percent, min(TOP, int(100 * (self.before + self.weight * done)))
            )
        return self.percent

    def note_rewriting(self, output_bytes: int, written_bytes: int) -> None:
        """Note how much was written in all; more than the file is long was written again."""
        if output_bytes > 0:
            again = (written_bytes - output_bytes) / output_bytes
            self._rewritten = max(self._rewritten, min(1.0, again))

    def eta_seconds(self, out_microseconds: int | None, speed: float | None) -> float | None:
        """Return the seconds that this pass still takes at its present speed."""
        if not self.expected_seconds or not speed or out_microseconds is None:
            return None
        return round(max(0.0, self.expected_seconds - out_microseconds / 1e6) / speed, 1)


def _block(values: dict[str, str]) -> Block:
    return Block(
        frame=_whole(values.get("frame")),
        fps=_real(values.get("fps")),
        out_microseconds=_whole(values.get("out_time_us") or values.get("out_time_ms")),
        output_bytes=_whole(values.get("total_size")),
        speed=_real(values.get("speed", "").removesuffix("x")),
        is_last=values["progress"] == "end",
    )


def _whole(text: str | None) -> int | None:
    number = _real(text)
    return None if number is None else int(number)


def _real(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None  # N/A
