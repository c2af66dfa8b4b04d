"""The outcome of inputs: a line for one, a table for several, and the errors."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import BatchFailed, ClientError, JobCanceled, NotBegun, Stopped
from ..formatting import human_bytes, human_seconds, table
from ..workflow.conversion import Conversion, ConversionResult
from .words import shortened

Result = ConversionResult | Conversion | ClientError

_NAME_WIDTH = 30  # so that the table fits into 80 columns


class InputResult(NamedTuple):
    """An input and its outcome."""

    input: Path
    result: Result


def result_line(conversion: ConversionResult) -> str:
    """Return size, ratio, time and speed of one conversion."""
    size, share, took, speed = _words(conversion)
    line = f"{size}, in {took}"
    if conversion.bytes_before:  # a job without inputs has none
        line = f"{size}, {share} of {human_bytes(conversion.bytes_before)}, in {took}"
    return f"{line}, {speed} realtime" if speed else line


def summary(results: Sequence[InputResult]) -> str:
    """Return a table with a row per input, in order, and a row of totals."""
    done = [each.result for each in results if isinstance(each.result, ConversionResult)]
    before = sum(conversion.bytes_before for conversion in done)
    after = sum(conversion.bytes_after or 0 for conversion in done)
    count = (
        f"{len(done)} of {len(results)} files" if len(done) < len(results) else f"{len(done)} files"
    )
    total = (
        count,
        human_bytes(before),
        human_bytes(after),
        _share(before, after),
        "",
        "",
    )
    header = ("FILE", "BEFORE", "AFTER", "RATIO", "TIME", "SPEED")
    return table(header, [*(_row(each) for each in results), total])


def failure_of(results: Sequence[InputResult]) -> ClientError | None:
    """Return the error for the exit status: of the only input, or one for all; None if none."""
    errors = [each.result for each in results if isinstance(each.result, ClientError)]
    if not errors or len(results) == 1:
        return errors[0] if errors else None
    stopped = sum(isinstance(error, Stopped) for error in errors)
    words = [f"{len(errors) - stopped} of {len(results)} failed"] if len(errors) > stopped else []
    words += [f"{stopped} of {len(results)} stopped"] if stopped else []
    return BatchFailed(", ".join(words), first=errors[0])


def named_errors(results: Sequence[InputResult]) -> list[ClientError]:
    """Return the errors of several inputs, each with the path of its input."""
    not_begun = sum(isinstance(each.result, NotBegun) for each in results)
    found = [
        _about(each.input, each.result)
        for each in results
        if isinstance(each.result, ClientError) and not isinstance(each.result, NotBegun)
    ]
    return [*found, ClientError(f"{not_begun} not started")] if not_begun else found


def _about(path: Path, error: ClientError) -> ClientError:
    message = error.in_options or error.message
    named = message if str(path) in message else f"{path}: {message}"
    return ClientError(named, hint=error.hint)


def _row(row: InputResult) -> tuple[str, ...]:
    name = shortened(str(row.input), _NAME_WIDTH)
    if isinstance(row.result, ConversionResult):
        conversion = row.result
        return name, human_bytes(conversion.bytes_before), *_words(conversion)
    return name, _size(row.input), _outcome(row.result), "", "", ""


def _size(path: Path) -> str:
    try:
        return human_bytes(path.stat().st_size)
    except OSError:
        return ""


def _outcome(result: Result) -> str:
    if isinstance(result, NotBegun):
        return "not started"
    return "canceled" if isinstance(result, Stopped | JobCanceled) else "FAILED"


def _words(conversion: ConversionResult) -> tuple[str, str, str, str]:
    speed = speed_of(conversion)
    return (
        human_bytes(conversion.bytes_after),
        _share(conversion.bytes_before, conversion.bytes_after or 0),
        human_seconds(conversion.seconds),
        "" if speed is None else f"{speed:.3g}x",
    )


def speed_of(conversion: ConversionResult) -> float | None:
    """Return seconds of the result per second of running time; None if not meaningful."""
    length = (conversion.job.get("result") or {}).get("duration")
    ran = (conversion.job.get("timings") or {}).get("running_seconds")
    # For a picture, or for less than a second, the figure means nothing.
    return length / ran if length and ran and length >= 1 else None


def _share(before: int, after: int) -> str:
    return f"{100 * after / before:.0f} %" if before else "?"
