"""What a command prints when its inputs have ended, well or not."""

from collections.abc import Sequence

import click

from .. import exits
from ..errors import ClientError
from ..formatting import print_json, print_path, remark
from ..settings.settings import Settings
from ..workflow.conversion import Conversion, ConversionResult
from .summary import Ended, failure_of, one_line, sentences, summary


def report(ends: Sequence[Ended], settings: Settings) -> None:
    """Print results on stdout and the rest on stderr; raise the error that ends the program."""
    if settings.json:
        _print_json(ends)
    else:
        _print_text(ends, settings)
    failure = failure_of(ends)
    if failure is not None:
        if len(ends) > 1:
            for error in sentences(ends):
                click.echo(exits.one_line(error), err=True)
        raise failure


def _print_json(ends: Sequence[Ended]) -> None:
    for film, answer in ends:
        if isinstance(answer, ConversionResult):
            print_json(answer.to_json())
        elif isinstance(answer, Conversion):
            print_json({"job_id": answer.job_id, "input": str(answer.film)})
        elif len(ends) > 1:  # that of a single input is printed at the program's end
            print_json({"input": str(film), **answer.to_json()})


def _print_text(ends: Sequence[Ended], settings: Settings) -> None:
    outcomes = [end.answer for end in ends if isinstance(end.answer, ConversionResult)]
    for outcome in outcomes:
        for warning in outcome.job.get("warnings") or ():
            remark(f"{outcome.conversion.film}: {warning}", quiet=settings.quiet)
    if len(ends) == 1 and outcomes:
        remark(one_line(outcomes[0]), quiet=settings.quiet)
    elif len(ends) > 1 and not any(isinstance(end.answer, Conversion) for end in ends):
        remark(summary(ends), quiet=settings.quiet)
    for end in ends:
        _print_one(end.answer, settings)


def _print_one(answer: ConversionResult | Conversion | ClientError, settings: Settings) -> None:
    if isinstance(answer, Conversion):
        click.echo(answer.job_id)
        way = f"`ffremote attach {answer.job_id}` brings {answer.target}"
        remark(way, quiet=settings.quiet)
    elif isinstance(answer, ConversionResult) and answer.conversion.target is not None:
        print_path(answer.conversion.target)
