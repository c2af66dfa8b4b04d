"""Prints the outcome of a command's inputs: results, warnings, errors, summary."""

from collections.abc import Sequence

import click

from .. import exits
from ..errors import ClientError
from ..formatting import print_json, print_path, remark
from ..settings.settings import Settings
from ..workflow.conversion import Conversion, ConversionResult
from .summary import InputResult, failure_of, named_errors, result_line, summary


def report(
    results: Sequence[InputResult], settings: Settings, *, prints_paths: bool = True
) -> None:
    """Print results on stdout and the rest on stderr; raise the error for the exit status."""
    if settings.json:
        _print_json(results)
    else:
        _print_text(results, settings)
        for each in results if prints_paths else ():
            _print_one(each.result, settings)
    raise_failure(results)


def raise_failure(results: Sequence[InputResult]) -> None:
    """Raise the error for the exit status, if any, after printing the errors of a batch."""
    failure = failure_of(results)
    if failure is None:
        return
    for error in named_errors(results) if len(results) > 1 else ():
        click.echo(exits.error_line(error), err=True)
    raise failure


def _print_json(results: Sequence[InputResult]) -> None:
    for path, result in results:
        if isinstance(result, ConversionResult):
            print_json(result.to_json())
        elif isinstance(result, Conversion):
            print_json({"job_id": result.job_id, "input": str(result.shown)})
        elif len(results) > 1:  # the error of a single input is printed by main
            print_json({"input": str(path), **result.to_json()})


def _print_text(results: Sequence[InputResult], settings: Settings) -> None:
    done = [each.result for each in results if isinstance(each.result, ConversionResult)]
    for completed in done:
        for warning in completed.job.get("warnings") or ():
            remark(f"{completed.conversion.shown}: {warning}", quiet=settings.quiet)
    if len(results) == 1 and done:
        remark(result_line(done[0]), quiet=settings.quiet)
    elif len(results) > 1 and not any(isinstance(each.result, Conversion) for each in results):
        remark(summary(results), quiet=settings.quiet)


def _print_one(result: ConversionResult | Conversion | ClientError, settings: Settings) -> None:
    if isinstance(result, Conversion):
        click.echo(result.job_id)
        hint = f"`ffremote attach {result.job_id}` downloads {result.target}"
        remark(hint, quiet=settings.quiet)
    elif isinstance(result, ConversionResult) and result.bytes_after is not None:
        assert result.conversion.target is not None
        print_path(result.conversion.target)
