"""`ffremote submit`: upload films and go."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ..client.client import Client
from ..errors import ClientError
from ..exits import one_line
from ..formatting import print_json
from ..settings.input_options import at_once, films_of, named_films
from ..settings.job_options import JobCommand, job_of
from ..settings.option_names import speak_options
from ..settings.session import connected, current_settings, history
from ..settings.settings import Settings
from ..settings.shared_options import shows_progress
from ..ui.progress import progress_display
from ..ui.summary import Ended, failure_of, sentences
from ..workflow.conversion import Conversion, ConversionResult, carry, submit
from ..workflow.interrupt import CtrlC
from ..workflow.outputs import (
    job_for,
    make_room,
    names_files,
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
@named_films
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="The result's name, a directory or a template, as for `run`; `attach` brings it there.",
)
@click.option("--wait", is_flag=True, help="End when the jobs have ended.")
@at_once
def command(
    films: tuple[Path, ...],
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
    found = films_of(inputs, films)
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        conversions = _errands(client, found, output, job)
        answers = _all(client, conversions, settings, wait=wait, at_once=at_once)
    if job_file is None:
        speak_options(answers)
    ends = [Ended(film, answer) for film, answer in zip(found, answers, strict=True)]
    if (failure := failure_of(ends)) is not None:
        for error in sentences(ends) if len(ends) > 1 else ():
            click.echo(one_line(error), err=True)
        raise failure


def _errands(
    client: Client, films: Sequence[Path], output: str | None, job: Mapping[str, Any]
) -> list[Conversion]:
    """The jobs; where -o says a place, `attach` brings the results there."""
    targets = targets_of(films, output, job, client.container_of_preset)
    if output is not None:
        refuse_collisions(films, targets)
        for target in targets:
            make_room(target)
    typed = names_files(output)
    return [
        Conversion(
            film,
            job_for(target, job, is_typed=typed),
            None if output is None else target,
            history=history(),
            brings=False,
        )
        for film, target in zip(films, targets, strict=True)
    ]


def _all(
    client: Client, conversions: list[Conversion], settings: Settings, *, wait: bool, at_once: int
) -> list[Conversion | ConversionResult | ClientError]:
    with progress_display(settings, count=len(conversions)) as board:

        def do(conversion: Conversion) -> Conversion | ConversionResult:
            view = board.view(conversion.film.name)
            done = carry(client, conversion, view) if wait else submit(client, conversion, view)
            with board.pushed_aside():
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
        print_json({"job_id": conversion.job_id, "input": str(conversion.film)})
