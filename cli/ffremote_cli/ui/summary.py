"""What came of the inputs: a line for one, a table for many, and which of them failed."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import BatchFailed, ClientError, JobCanceled, NotBegun, Stopped
from ..formatting import human_bytes, human_seconds, table
from ..workflow.conversion import Conversion, ConversionResult
from .progress_bars import shortened

Answer = ConversionResult | Conversion | ClientError

_NAME_WIDTH = 30  # so that the table fits into 80 columns


class Ended(NamedTuple):
    """An input, and what came of it."""

    film: Path
    answer: Answer


def one_line(outcome: ConversionResult) -> str:
    """Size, ratio, time and speed of one input."""
    size, share, took, speed = _words(outcome)
    before = human_bytes(outcome.bytes_before)
    told = f"{size}, {share} of {before}, in {took}"
    return f"{told}, {speed} realtime" if speed else told


def summary(ends: Sequence[Ended]) -> str:
    """A row for each input, in their order, and one for all."""
    done = [end.answer for end in ends if isinstance(end.answer, ConversionResult)]
    before = sum(outcome.bytes_before for outcome in done)
    after = sum(outcome.bytes_after or 0 for outcome in done)
    total = (
        f"{len(done)} files" if len(done) == len(ends) else f"{len(done)} of {len(ends)} files",
        human_bytes(before),
        human_bytes(after),
        _share(before, after),
        "",
        "",
    )
    header = ("FILE", "BEFORE", "AFTER", "RATIO", "TIME", "SPEED")
    return table(header, [*(_row(end) for end in ends), total])


def failure_of(ends: Sequence[Ended]) -> ClientError | None:
    """The error that ends the program: that of the only input, or one for several; or None."""
    errors = [end.answer for end in ends if isinstance(end.answer, ClientError)]
    if not errors or len(ends) == 1:
        return errors[0] if errors else None
    stopped = sum(isinstance(error, Stopped) for error in errors)
    words = [f"{len(errors) - stopped} of {len(ends)} failed"] if len(errors) > stopped else []
    words += [f"{stopped} of {len(ends)} stopped"] if stopped else []
    return BatchFailed(", ".join(words), first=errors[0])


def sentences(ends: Sequence[Ended]) -> list[ClientError]:
    """The errors of several inputs, each with the path that it is about."""
    waiting = sum(isinstance(end.answer, NotBegun) for end in ends)
    found = [
        _about(end.film, end.answer)
        for end in ends
        if isinstance(end.answer, ClientError) and not isinstance(end.answer, NotBegun)
    ]
    return [*found, ClientError(f"{waiting} not begun")] if waiting else found


def _about(film: Path, error: ClientError) -> ClientError:
    message = error.in_options or error.message
    said = message if str(film) in message else f"{film}: {message}"
    return ClientError(said, hint=error.hint)


def _row(end: Ended) -> tuple[str, ...]:
    name = shortened(str(end.film), _NAME_WIDTH)
    if isinstance(end.answer, ConversionResult):
        outcome = end.answer
        return name, human_bytes(outcome.bytes_before), *_words(outcome)
    return name, _size(end.film), _fate(end.answer), "", "", ""


def _size(film: Path) -> str:
    try:
        return human_bytes(film.stat().st_size)
    except OSError:
        return ""


def _fate(answer: Answer) -> str:
    if isinstance(answer, NotBegun):
        return "not begun"
    return "canceled" if isinstance(answer, Stopped | JobCanceled) else "FAILED"


def _words(outcome: ConversionResult) -> tuple[str, str, str, str]:
    speed = speed_of(outcome)
    return (
        human_bytes(outcome.bytes_after),
        _share(outcome.bytes_before, outcome.bytes_after or 0),
        human_seconds(outcome.seconds),
        "" if speed is None else f"{speed:.3g}x",
    )


def speed_of(outcome: ConversionResult) -> float | None:
    """Seconds of the result for each second that its job ran."""
    length = (outcome.job.get("result") or {}).get("duration")
    ran = (outcome.job.get("timings") or {}).get("running_seconds")
    # For a picture, or a blink of a film, the figure would say nothing.
    return length / ran if length and ran and length >= 1 else None


def _share(before: int, after: int) -> str:
    return f"{100 * after / before:.0f} %" if before else "?"
