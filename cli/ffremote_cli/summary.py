"""What came of the films: a line for one, a table for many."""

from collections.abc import Sequence

from .display import human_bytes, human_seconds, table
from .errand import Outcome


def one_line(outcome: Outcome) -> str:
    """Size, ratio, time and speed of one film."""
    size, share, took, speed = _words(outcome)[2:]
    before = human_bytes(outcome.bytes_before)
    told = f"{size}, {share} of {before}, in {took}"
    return f"{told}, {speed} as fast as it plays" if speed else told


def summary(outcomes: Sequence[Outcome]) -> str:
    """A row for each film, and one for all."""
    before = sum(outcome.bytes_before for outcome in outcomes)
    after = sum(outcome.bytes_after or 0 for outcome in outcomes)
    total = (
        f"{len(outcomes)} films",
        human_bytes(before),
        human_bytes(after),
        _share(before, after),
        "",
        "",
    )
    header = ("FILM", "BEFORE", "AFTER", "RATIO", "TIME", "SPEED")
    return table(header, [*(_words(outcome) for outcome in outcomes), total])


def _words(outcome: Outcome) -> tuple[str, ...]:
    speed = speed_of(outcome)
    return (
        outcome.errand.film.name,
        human_bytes(outcome.bytes_before),
        human_bytes(outcome.bytes_after),
        _share(outcome.bytes_before, outcome.bytes_after or 0),
        human_seconds(outcome.seconds),
        "" if speed is None else f"{speed:.3g}x",
    )


def speed_of(outcome: Outcome) -> float | None:
    """Seconds of the result for each second that its job ran."""
    length = (outcome.job.get("result") or {}).get("duration")
    ran = (outcome.job.get("timings") or {}).get("running_seconds")
    return length / ran if length and ran else None


def _share(before: int, after: int) -> str:
    return f"{100 * after / before:.0f} %" if before else "?"
