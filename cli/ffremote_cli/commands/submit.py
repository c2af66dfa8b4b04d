"""`ffremote submit`: upload films and go."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..bars import Board
from ..client import Client
from ..conductor import conduct
from ..display import print_json
from ..errand import Errand, Outcome, carry, submit
from ..errors import ClientError
from ..film_options import at_once, films_of, named_films
from ..interrupt import CtrlC
from ..job_options import JobCommand, job_of
from ..session import connected, current_settings, history, raise_errors
from ..settings import Settings
from ..targets import own_name

_EXAMPLES = (
    "ffremote submit in.mov --container mp4 --crf 23",
    "ffremote submit *.mov --container mp4 --preset web-720p --label trip=alps",
    "ffremote submit --wait in.mov --job job.json",
)


@click.command(cls=JobCommand, name="submit", examples=_EXAMPLES)
@named_films
@click.option("-o", "--output", metavar="NAME", help="The result's file name on the server.")
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
        errands = [_errand(client, film, job, output) for film in found]
        raise_errors(_all(client, errands, settings, wait=wait, at_once=at_once))


def _all(
    client: Client, errands: list[Errand], settings: Settings, *, wait: bool, at_once: int
) -> list[Errand | Outcome | ClientError]:
    with Board(quiet=settings.quiet, count=len(errands)) as board:

        def do(errand: Errand) -> Errand | Outcome:
            view = board.view(errand.film.name)
            done = carry(client, errand, view) if wait else submit(client, errand, view)
            with board.pushed_aside():
                _print(done, settings)
            return done

        return conduct(errands, do, at_once=at_once, stop=client.stop)


def _print(done: Errand | Outcome, settings: Settings) -> None:
    errand = done.errand if isinstance(done, Outcome) else done
    if not settings.json:
        click.echo(errand.job_id)
    elif isinstance(done, Outcome):
        print_json(done.to_json())
    else:
        print_json({"job_id": errand.job_id, "input": str(errand.film)})


def _errand(client: Client, film: Path, job: Mapping[str, Any], output: str | None) -> Errand:
    name = output or own_name(film, job, client.container_of_preset)
    return Errand(film, {**job, "output_filename": name}, target=None, history=history())
