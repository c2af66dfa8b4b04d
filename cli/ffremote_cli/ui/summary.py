"""What came of the inputs: a line for one, a table for many, and which of them failed."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import BatchFailed, ClientError, JobCanceled, NotBegun, Stopped
from ..formatting import human_bytes, human_seconds, table
from ..workflow.conversion import Conversion, ConversionResult
from .progress_bars import shortened

Result = ConversionResult | Conversion | ClientError

_NAME_WIDTH = 30  # so that the table fits into 80 columns


class InputResult(NamedTuple):
    """An input, and what came of it."""

    input: Path
    result: Result


def one_line(outcome: ConversionResult) -> str:
    """Size, ratio, time and speed of one input."""
    size, share, took, speed = _words(outcome)
    before = human_bytes(outcome.bytes_before)
    told = f"{size}, {share} of {before}, in {took}"
    return f"{told}, {speed} realtime" if speed else told


def summary(ends: Sequence[InputResult]) -> str:
    """A row for each input, in their order, and one for all."""
    done = [end.result for end in ends if isinstance(end.result, ConversionResult)]
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


def failure_of(ends: Sequence[InputResult]) -> ClientError | None:
    """The error that ends the program: that of the only input, or one for several; or None."""
    errors = [end.result for end in ends if isinstance(end.result, ClientError)]
    if not errors or len(ends) == 1:
        return errors[0] if errors else None
    stopped = sum(isinstance(error, Stopped) for error in errors)
    words = [f"{len(errors) - stopped} of {len(ends)} failed"] if len(errors) > stopped else []
    words += [f"{stopped} of {len(ends)} stopped"] if stopped else []
    return BatchFailed(", ".join(words), first=errors[0])


def sentences(ends: Sequence[InputResult]) -> list[ClientError]:
    """The errors of several inputs, each with the path that it is about."""
    waiting = sum(isinstance(end.result, NotBegun) for end in ends)
    found = [
        _about(end.input, end.result)
        for end in ends
        if isinstance(end.result, ClientError) and not isinstance(end.result, NotBegun)
    ]
    return [*found, ClientError(f"{waiting} not begun")] if waiting else found


def _about(path: Path, error: ClientError) -> ClientError:
    message = error.in_options or error.message
    said = message if str(path) in message else f"{path}: {message}"
    return ClientError(said, hint=error.hint)


def _row(end: InputResult) -> tuple[str, ...]:
    name = shortened(str(end.input), _NAME_WIDTH)
    if isinstance(end.result, ConversionResult):
        outcome = end.result
        return name, human_bytes(outcome.bytes_before), *_words(outcome)
    return name, _size(end.input), _fate(end.result), "", "", ""


def _size(path: Path) -> str:
    try:
        return human_bytes(path.stat().st_size)
    except OSError:
        return ""


def _fate(result: Result) -> str:
    if isinstance(result, NotBegun):
        return "not begun"
    return "canceled" if isinstance(result, Stopped | JobCanceled) else "FAILED"


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
