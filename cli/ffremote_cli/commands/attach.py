"""`ffremote attach`: go on with jobs that were begun before, here or on another machine."""

from pathlib import Path

import click

from ..bars import Board
from ..client import Client
from ..completing import job_ids as completed_ids
from ..conductor import conduct
from ..display import print_json, remark
from ..errand import Errand, Outcome, fetch
from ..errors import ClientError, Misused
from ..history import Entry
from ..interrupt import CtrlC
from ..options import SharedCommand
from ..session import connected, current_settings, history, ids_of, raise_errors
from ..sources import Sources


@click.command(
    cls=SharedCommand,
    name="attach",
    examples=("ffremote attach last", "ffremote attach 0b5f2c1e -o out.mp4"),
)
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True, shell_complete=completed_ids)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File, or a directory for many; else where `run` said.",
)
@click.option("-y", "--overwrite", is_flag=True, help="Overwrite what exists.")
def command(job_ids: tuple[str, ...], output: Path | None, overwrite: bool) -> None:
    """Follow jobs to their end and bring their results, as `run` would have.

    Ctrl-C ends the following; the jobs go on. An upload that broke off on this machine is gone on
    with.
    """
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        known = {entry.job_id: entry for entry in history().newest(client.url)}
        ids = ids_of(client, job_ids)
        if output is not None and len(ids) > 1 and not output.is_dir():
            raise Misused(f"{len(ids)} results need a directory, and {output} is none")
        sources = Sources.of(Path(known[each].input) for each in ids if each in known)
        errands = [_errand(client, each, known, output, overwrite) for each in ids]
        for errand in errands:
            errand.sources = sources
        with Board(quiet=settings.quiet, count=len(errands)) as board:

            def do(errand: Errand) -> Outcome:
                return fetch(client, errand, board.view(str(errand.target)))

            answers = conduct(errands, do, at_once=len(errands), stop=client.stop)
    _report(answers)


def _errand(
    client: Client,
    job_id: str,
    known: dict[str, Entry],
    output: Path | None,
    overwrite: bool,
) -> Errand:
    entry = known.get(job_id)
    if output is not None and not output.is_dir():
        target = output
    elif output is None and entry is not None and entry.output is not None:
        target = Path(entry.output)
    else:
        named = client.job(job_id).get("job") or {}
        target = (output or Path()) / Path(str(named.get("output_filename") or job_id)).name
    film = Path(entry.input if entry else job_id)
    return Errand(film, {}, target, overwrite, job_id=job_id)


def _report(answers: list[Outcome | ClientError]) -> None:
    settings = current_settings()
    for answer in answers:
        if isinstance(answer, Outcome):
            if settings.json:
                print_json(answer.to_json())
            else:
                remark(f"job {answer.errand.job_id} is completed", quiet=settings.quiet)
                click.echo(answer.errand.target)
    raise_errors(answers)
