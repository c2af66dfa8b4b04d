"""`ffremote submit`: upload inputs, and leave the results on the server."""

from typing import Any

import click

from ...client.client import Client
from ...formatting import print_json
from ...settings.command_options import (
    at_once_option,
    batch_of,
    input_arguments,
    output_option,
    sequence_options,
    with_option,
)
from ...settings.job_options import JobCommand
from ...settings.option_names import name_options
from ...settings.session import connected, current_settings, history
from ...settings.settings import Settings
from ...settings.shared_options import shows_progress
from ...ui.conversions import Display, convert_all
from ...ui.report import raise_failure
from ...workflow.batch import Batch
from ...workflow.conversion import Conversion, ConversionResult, run, submit
from ...workflow.folders import makes_files, prepare_folder
from ...workflow.interrupt import CtrlC
from ...workflow.outputs import prepare_target, refuse_collisions

_EXAMPLES = (
    "ffremote submit in.mov --container mp4 --crf 23",
    "ffremote submit *.mov --container mp4 --preset web-720p --label trip=alps",
    "ffremote submit --wait in.mov --job job.json",
)


@shows_progress
@click.command(cls=JobCommand, name="submit", examples=_EXAMPLES)
@input_arguments
@with_option
@sequence_options
@output_option(
    "Output file, directory or template, as for `run`; `ffremote attach` downloads the result"
    " there."
)
@click.option("--wait", is_flag=True, help="Wait until the jobs have ended.")
@at_once_option
def command(
    *, output: str | None, wait: bool, at_once: int, job_file: str | None, **values: Any
) -> None:
    """Upload each INPUT as one job and print its job id, one per line.

    The results stay on the server: `ffremote watch` follows the jobs, `ffremote download`
    downloads the results.
    """
    batch = batch_of(values, output=output, job_file=job_file)
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:

        def convert(conversion: Conversion, display: Display) -> Conversion | ConversionResult:
            view = display.view(conversion.shown.name)
            step = run if wait else submit
            done = step(client, conversion, view)
            with display.suspended():
                _print(done, settings)
            return done

        conversions = _conversions(client, batch)
        ends = convert_all(client, conversions, settings, convert, at_once=at_once)
    if job_file is None:
        name_options(end.result for end in ends)
    raise_failure(ends)


def _conversions(client: Client, batch: Batch) -> list[Conversion]:
    """Return a conversion for each input; with `-o`, `attach` downloads the results there."""
    targets = batch.targets(client.container_of_preset)
    if batch.output is not None:
        refuse_collisions(batch.firsts, targets)
        for target in targets:
            if makes_files(batch.job):
                prepare_folder(target)
            else:
                prepare_target(target)
    return [
        Conversion(
            path,
            batch.job_for(target),
            None if batch.output is None else target,
            history=history(),
            downloads_result=False,
            further=batch.further,
        )
        for path, target in zip(batch.firsts, targets, strict=True)
    ]


def _print(done: Conversion | ConversionResult, settings: Settings) -> None:
    conversion = done.conversion if isinstance(done, ConversionResult) else done
    if not settings.json:
        click.echo(conversion.job_id)
    elif isinstance(done, ConversionResult):
        print_json(done.to_json())
    else:
        print_json({"job_id": conversion.job_id, "input": str(conversion.shown)})
