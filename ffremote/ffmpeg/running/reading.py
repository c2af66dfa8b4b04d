"""Measures how much of what the outputs of a pass need of the only input was read."""

from collections.abc import Sequence
from pathlib import Path

from ..model.expected import PartRead
from ..model.planned_output import PlannedOutput
from ..process.read_position import ReadPosition, read_position

_ALIKE = 0.9  # the shortest output beside the longest


class Reading:
    """The share of the input that was read, where it predicts the end of the pass.

    `part` is set if the outputs cover different parts of the input. FFmpeg then says little about
    the time of all: 5.1 gives that of the output that is furthest, 9.0 none before each has begun.
    """

    def __init__(self, file: Path, outputs: Sequence[PlannedOutput]) -> None:
        expected = [output.expected for output in outputs]
        self.file = file
        self.bytes = expected[0].input_bytes
        self.part = _common_part(outputs)
        self.starts_late = expected[0].start > 0
        predicts = self.part is not None or any(each.reads_to_end for each in expected)
        self._is_watched = bool(self.bytes) and predicts
        self._share: float | None = None

    def share(self, pid: int, *, has_begun: bool) -> float | None:
        """Return the share of the file that was read; None if it is not known.

        Where FFmpeg has not reported a time yet (`has_begun`), it may still be reading the index
        at the end of the file, and only the bytes that it has read in all tell how far it is.
        """
        if not self._is_watched:
            return None
        position = read_position(pid, self.file)
        if position is not None:  # FFmpeg closes its input before it has written the end
            self._share = self._share_at(position, has_begun=has_begun)
        return self._share

    def _share_at(self, position: ReadPosition, *, has_begun: bool) -> float | None:
        assert self.bytes
        share = position.offset / self.bytes
        if has_begun or self.part is None:
            return share
        if position.read_bytes is None:
            return None
        return min(share, self.part.begin + position.read_bytes / self.bytes)


def _common_part(outputs: Sequence[PlannedOutput]) -> PartRead | None:
    """Return the part that all outputs together need; None if each covers the same, or unknown."""
    parts = [output.expected.part for output in outputs]
    known = [part for part in parts if part is not None]
    end = max((part.end for part in known), default=0.0)
    if not known or (len(known) < len(parts) and end < 1):
        return None
    if not any(part.skips for part in known) and _last_alike(outputs):
        return None
    return PartRead(known[0].begin, end, skips=True)


def _last_alike(outputs: Sequence[PlannedOutput]) -> bool:
    lengths = [output.expected.duration or 0.0 for output in outputs]
    return len(lengths) == 1 or min(lengths) > _ALIKE * max(lengths)
