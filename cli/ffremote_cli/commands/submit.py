"""`ffremote submit`: upload films and go."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ..client.client import Client
from ..errors import ClientError
from ..exits import one_line
from ..formatting import print_json
from ..settings.input_options import at_once, input_arguments, inputs_of
from ..settings.job_options import JobCommand, job_of
from ..settings.option_names import name_options
from ..settings.session import connected, current_settings, history
from ..settings.settings import Settings
from ..settings.shared_options import shows_progress
from ..ui.progress import progress_display
from ..ui.summary import InputResult, failure_of, sentences
from ..workflow.conversion import Conversion, ConversionResult, run, submit
from ..workflow.interrupt import CtrlC
from ..workflow.outputs import (
    job_for,
    names_files,
    prepare_target,
    refuse_collisions,
    targets_of,
)
from ..workflow.parallel import run_parallel

_EXAMPLES = (
    "ffremote submit in.mov --container mp4 --crf 23",
    "ffremote submit *.mov --container mp4 --preset web-720p --label trip=alps",
    "ffremote submit --wait in.mov --job job.json",
)


@shows_progress
@click.command(cls=JobCommand, name="submit", examples=_EXAMPLES)
@input_arguments
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="The result's name, a directory or a template, as for `run`; `attach` brings it there.",
)
@click.option("--wait", is_flag=True, help="End when the jobs have ended.")
@at_once
def command(
    paths: tuple[Path, ...],
    inputs: tuple[Path, ...],
    output: str | None,
    wait: bool,
    at_once: int,
    job_file: str | None,
    **values: Any,
) -> None:
    """Upload each INPUT as a job of its own and print its id, one a line.

    The results stay on the server: `ffremote watch` follows, `ffremote download` brings them.
    """
    job = job_of(values, job_file)
    found = inputs_of(inputs, paths)
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        conversions = _errands(client, found, output, job)
        answers = _all(client, conversions, settings, wait=wait, at_once=at_once)
    if job_file is None:
        name_options(answers)
    ends = [InputResult(path, answer) for path, answer in zip(found, answers, strict=True)]
    if (failure := failure_of(ends)) is not None:
        for error in sentences(ends) if len(ends) > 1 else ():
            click.echo(one_line(error), err=True)
        raise failure


def _errands(
    client: Client, paths: Sequence[Path], output: str | None, job: Mapping[str, Any]
) -> list[Conversion]:
    """The jobs; where -o says a place, `attach` brings the results there."""
    targets = targets_of(paths, output, job, client.container_of_preset)
    if output is not None:
        refuse_collisions(paths, targets)
        for target in targets:
            prepare_target(target)
    typed = names_files(output)
    return [
        Conversion(
            path,
            job_for(target, job, is_typed=typed),
            None if output is None else target,
            history=history(),
            downloads_result=False,
        )
        for path, target in zip(paths, targets, strict=True)
    ]


def _all(
    client: Client, conversions: list[Conversion], settings: Settings, *, wait: bool, at_once: int
) -> list[Conversion | ConversionResult | ClientError]:
    with progress_display(settings, count=len(conversions)) as board:

        def do(conversion: Conversion) -> Conversion | ConversionResult:
            view = board.view(conversion.input.name)
            done = run(client, conversion, view) if wait else submit(client, conversion, view)
            with board.suspended():
                _print(done, settings)
            return done

        return run_parallel(conversions, do, at_once=at_once, stop=client.stop)


def _print(done: Conversion | ConversionResult, settings: Settings) -> None:
    conversion = done.conversion if isinstance(done, ConversionResult) else done
    if not settings.json:
        click.echo(conversion.job_id)
    elif isinstance(done, ConversionResult):
        print_json(done.to_json())
    else:
        print_json({"job_id": conversion.job_id, "input": str(conversion.input)})
