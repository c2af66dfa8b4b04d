"""Percent and remaining seconds of a job, from two measures that check each other; pure.

The output's time against the expected length is the better measure where the expectation is true.
The share of the input that was read never lies, but runs ahead of the encoder. Where they
contradict each other, the expectation came from a false header, and the share is taken.
"""

from dataclasses import dataclass

TOP = 99  # 100 belongs to a verified result
_APART = 5.0
_LOOKAHEAD = 30.0  # seconds of film that decoders and encoders may hold, and more
_FIRST_LOOK = 0.01  # of the input; before, the two cannot be compared
_MIN_ELAPSED = 2.0  # seconds after which the share read foretells something


@dataclass(slots=True)
class Meter:
    """Percent of a whole job while one of its passes runs; never falls.

    `expected_seconds` is the duration that the output shall have, None when it is unknown.
    `before` and `weight` place the pass in the job, as fractions of the work. `tail` is the share
    of the pass in which the muxer writes the file a second time (faststart), of which FFmpeg says
    nothing. `starts_late` says that the job begins inside the input.
    """

    expected_seconds: float | None
    before: float = 0.0
    weight: float = 1.0
    percent: int = 0
    tail: float = 0.0
    starts_late: bool = False
    _rewritten: float = 0.0
    _first_share: float | None = None
    _last_share: float = 0.0
    _jumps: bool = False

    def read(self, out_microseconds: int | None, share_read: float | None = None) -> int:
        """Return the percent after FFmpeg has written and read that much (a share is 0 to 1)."""
        done = self._done(out_microseconds, self._steady(out_microseconds, share_read))
        if done is not None:
            done = min(1.0, done) * (1 - self.tail) + self._rewritten * self.tail
            self.percent = max(
                self.percent, min(TOP, int(100 * (self.before + self.weight * done)))
            )
        return self.percent

    def note_rewriting(self, output_bytes: int, written_bytes: int) -> None:
        """Note how much was written in all; more than the file is long was written again."""
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
        """Return the seconds until the job ends, None where every guess would be worthless.

        `elapsed` is the time in seconds that this pass has taken.
        """
        share = self._steady(out_microseconds, share_read)
        by_time = self._by_time(out_microseconds)
        if by_time is not None and (share is None or self._agree(by_time, share)):
            if share is not None and share < _FIRST_LOOK:
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
        if by_time is None or (share is not None and not self._agree(by_time, share)):
            return share
        return by_time

    def _by_time(self, out_microseconds: int | None) -> float | None:
        if not self.expected_seconds or out_microseconds is None or out_microseconds <= 0:
            return None
        return out_microseconds / 1e6 / self.expected_seconds

    def _left_by_time(self, out_microseconds: int | None, speed: float | None) -> float | None:
        if not speed or not self.expected_seconds or out_microseconds is None:
            return None
        return max(0.0, self.expected_seconds - out_microseconds / 1e6) / speed

    def _steady(self, out_microseconds: int | None, share: float | None) -> float | None:
        """The share of what was to be read; None for a file that is read back and forth."""
        if share is None or not out_microseconds or out_microseconds <= 0:
            return None  # FFmpeg may still be looking at the end of the file
        if self._first_share is None:
            self._first_share = min(share, 1.0) if self.starts_late else 0.0
        self._jumps |= share < self._last_share - 0.1
        self._last_share = share
        if self._jumps or self._first_share >= 1:
            return None
        return max(0.0, share - self._first_share) / (1 - self._first_share)

    def _agree(self, by_time: float, share: float) -> bool:
        """Whether the time and the share read can both be true."""
        if by_time > _APART * share + 0.1 or (by_time > 1.1 and share < 0.9):
            return False
        held = (share - by_time) * (self.expected_seconds or 0.0)
        return by_time * _APART >= share or held < _LOOKAHEAD


def _left_by_share(share: float | None, elapsed: float) -> float | None:
    if not share or share < 2 * _FIRST_LOOK or elapsed < _MIN_ELAPSED:
        return None
    return elapsed * (1 - share) / share
