"""Estimates percent and remaining seconds of a job from two measures; pure.

The output's time divided by the expected duration is the better measure if the expectation is
right. The share of the input that was read is always right, but runs ahead of the encoder. If they
contradict each other, the expectation came from a false header, and the share is used. It is
also used where the outputs of a pass cover different parts of the input: FFmpeg reports one time.
"""

from dataclasses import dataclass

from ..model.expected import PartRead

MAX_PERCENT = 99  # 100 is reserved for a verified result
_MAX_RATIO = 5.0  # between the two measures while they agree
_LOOKAHEAD = 30.0  # seconds of media that decoders and encoders may buffer, at most
_MIN_SHARE = 0.01  # of the input; below, the two cannot be compared
_MIN_ELAPSED = 2.0  # seconds; before, the share read predicts nothing


@dataclass(slots=True)
class ProgressEstimate:
    """Percent of a whole job while one of its passes runs; never decreases.

    `expected_seconds` is the expected duration of the output, None if unknown. `before` and
    `weight` are the work before this pass and its own, as fractions of the job. `tail` is the share
    of the pass in which the muxer rewrites the file (faststart), which FFmpeg does not report.
    `starts_late`: the job starts reading inside the input. `part` is what the outputs need of the
    input together, if they cover different parts of it.
    """

    expected_seconds: float | None
    before: float = 0.0
    weight: float = 1.0
    percent: int = 0
    tail: float = 0.0
    starts_late: bool = False
    part: PartRead | None = None
    _rewritten: float = 0.0
    _first_share: float | None = None
    _last_share: float = 0.0
    _jumps: bool = False

    def update(self, out_microseconds: int | None, share_read: float | None = None) -> int:
        """Return the percent for the output time and the share of the input read, 0 to 1."""
        done = self._done(out_microseconds, self._steady(out_microseconds, share_read))
        if done is not None:
            done = min(1.0, done) * (1 - self.tail) + self._rewritten * self.tail
            self.percent = max(
                self.percent, min(MAX_PERCENT, int(100 * (self.before + self.weight * done)))
            )
        return self.percent

    def note_rewriting(self, output_bytes: int, written_bytes: int) -> None:
        """Record the bytes written in all: what exceeds the size of the file was rewritten."""
        if output_bytes > 0:
            again = (written_bytes - output_bytes) / output_bytes
            self._rewritten = max(self._rewritten, min(1.0, again))

    def eta_seconds(
        self,
        out_microseconds: int | None,
        speed: float | None,
        *,
        share_read: float | None = None,
        elapsed: float = 0.0,
    ) -> float | None:
        """Return the seconds until the job ends; None while no estimate is meaningful.

        `elapsed` is the time in seconds since this pass began.
        """
        share = self._steady(out_microseconds, share_read)
        by_time = self._by_time(out_microseconds)
        if by_time is not None and self._is_by_time(by_time, share):
            if share is not None and share < _MIN_SHARE:
                return None
            left = self._left_by_time(out_microseconds, speed)
        else:
            left = _left_by_share(share, elapsed)
        if left is None:
            return None
        after = max(0.0, 1 - self.before - self.weight) / self.weight
        return round(left + after * (elapsed + left), 1)

    def _done(self, out_microseconds: int | None, share: float | None) -> float | None:
        by_time = self._by_time(out_microseconds)
        return by_time if by_time is not None and self._is_by_time(by_time, share) else share

    def _is_by_time(self, by_time: float, share: float | None) -> bool:
        return share is None or (self.part is None and self._agree(by_time, share))

    def _by_time(self, out_microseconds: int | None) -> float | None:
        if not self.expected_seconds or out_microseconds is None or out_microseconds <= 0:
            return None
        return out_microseconds / 1e6 / self.expected_seconds

    def _left_by_time(self, out_microseconds: int | None, speed: float | None) -> float | None:
        if not speed or not self.expected_seconds or out_microseconds is None:
            return None
        return max(0.0, self.expected_seconds - out_microseconds / 1e6) / speed

    def _steady(self, out_microseconds: int | None, share: float | None) -> float | None:
        """Return the share read of what the job reads; None if the file is not read in order."""
        begun = self.part is not None or (out_microseconds is not None and out_microseconds > 0)
        if share is None or not begun:
            return None  # FFmpeg may still be reading the index at the end of the file
        if self._first_share is None:
            self._first_share = self._begin(share)
        self._jumps |= share < self._last_share - 0.1
        self._last_share = share
        end = self.part.end if self.part else 1.0
        if self._jumps or self._first_share >= end:
            return None
        return max(0.0, share - self._first_share) / (end - self._first_share)

    def _begin(self, share: float) -> float:
        """Return the share of the file at which the job began to read, given the first one seen."""
        if self.part is not None:
            return self.part.begin
        return min(share, 1.0) if self.starts_late else 0.0

    def _agree(self, by_time: float, share: float) -> bool:
        """Whether the output time and the share read are consistent."""
        if by_time > _MAX_RATIO * share + 0.1 or (by_time > 1.1 and share < 0.9):
            return False
        buffered = (share - by_time) * (self.expected_seconds or 0.0)
        return by_time * _MAX_RATIO >= share or buffered < _LOOKAHEAD


def _left_by_share(share: float | None, elapsed: float) -> float | None:
    if not share or share < 2 * _MIN_SHARE or elapsed < _MIN_ELAPSED:
        return None
    return elapsed * (1 - share) / share
