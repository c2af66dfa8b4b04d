"""What a command prints when its inputs have ended, well or not."""

from collections.abc import Sequence

import click

from .. import exits
from ..errors import ClientError
from ..formatting import print_json, print_path, remark
from ..settings.settings import Settings
from ..workflow.conversion import Conversion, ConversionResult
from .summary import InputResult, failure_of, one_line, sentences, summary


def report(ends: Sequence[InputResult], settings: Settings) -> None:
    """Print results on stdout and the rest on stderr; raise the error that ends the program."""
    if settings.json:
        _print_json(ends)
    else:
        _print_text(ends, settings)
    raise_failure(ends)


def raise_failure(ends: Sequence[InputResult]) -> None:
    """Raise the error that ends the program, if there is one, after printing those of a batch."""
    failure = failure_of(ends)
    if failure is None:
        return
    for error in sentences(ends) if len(ends) > 1 else ():
        click.echo(exits.one_line(error), err=True)
    raise failure


def _print_json(ends: Sequence[InputResult]) -> None:
    for path, result in ends:
        if isinstance(result, ConversionResult):
            print_json(result.to_json())
        elif isinstance(result, Conversion):
            print_json({"job_id": result.job_id, "input": str(result.input)})
        elif len(ends) > 1:  # that of a single input is printed at the program's end
            print_json({"input": str(path), **result.to_json()})


def _print_text(ends: Sequence[InputResult], settings: Settings) -> None:
    outcomes = [end.result for end in ends if isinstance(end.result, ConversionResult)]
    for outcome in outcomes:
        for warning in outcome.job.get("warnings") or ():
            remark(f"{outcome.conversion.input}: {warning}", quiet=settings.quiet)
    if len(ends) == 1 and outcomes:
        remark(one_line(outcomes[0]), quiet=settings.quiet)
    elif len(ends) > 1 and not any(isinstance(end.result, Conversion) for end in ends):
        remark(summary(ends), quiet=settings.quiet)
    for end in ends:
        _print_one(end.result, settings)


def _print_one(result: ConversionResult | Conversion | ClientError, settings: Settings) -> None:
    if isinstance(result, Conversion):
        click.echo(result.job_id)
        way = f"`ffremote attach {result.job_id}` brings {result.target}"
        remark(way, quiet=settings.quiet)
    elif isinstance(result, ConversionResult) and result.conversion.target is not None:
        print_path(result.conversion.target)
