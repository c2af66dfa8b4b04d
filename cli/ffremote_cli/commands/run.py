"""`ffremote run`: upload, follow, download."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ..advice import advised
from ..bars import Board
from ..client import Client
from ..conductor import conduct
from ..display import print_json, remark
from ..errand import Errand, Outcome, carry, submit
from ..errors import ClientError
from ..film_options import at_once, films_of, named_films
from ..interrupt import CtrlC
from ..job_options import JobCommand, job_of
from ..partial import refuse_existing
from ..session import connected, current_settings, history, raise_errors
from ..settings import Settings
from ..sources import Sources
from ..summary import one_line, summary
from ..targets import is_template, make_room, targets_of

_EXAMPLES = (
    "ffremote run -i in.mov -o out.mp4 --video-codec libx264 --crf 23",
    "ffremote run -i in.mkv -o out.mp4 --preset web-720p",
    "ffremote run -i talk.mp4 -o talk.mp3 --no-video --loudness -16",
    "ffremote run -i in.mp4 -o clip.mp4 --start 1:30 --duration 20 --video-codec copy",
    "ffremote run films/ --preset web-720p -o 'small/{stem}.mp4' --jobs 4 --skip-existing",
    "ffremote run -i in.mov -o out.mp4 --detach; ffremote attach last",
)


@click.command(cls=JobCommand, name="run", examples=_EXAMPLES)
@named_films
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="Where the result goes: a file, a directory, or a template with {stem}, {name}, {ext},"
    " {parent}, {preset}.",
)
@click.option("-y", "--overwrite", is_flag=True, help="Overwrite an output that exists.")
@click.option("--skip-existing", is_flag=True, help="Leave out films whose output exists.")
@click.option("--detach", is_flag=True, help="End after the upload; `ffremote attach` goes on.")
@click.option("--dry-run", is_flag=True, help="Only print the command that the server would run.")
@at_once
def command(
    films: tuple[Path, ...],
    inputs: tuple[Path, ...],
    output: str | None,
    overwrite: bool,
    skip_existing: bool,
    detach: bool,
    dry_run: bool,
    at_once: int,
    job_file: str | None,
    **values: Any,
) -> None:
    """Upload INPUT, follow its job with live bars, download the result.

    Ctrl-C cancels the job on the server; a second Ctrl-C leaves at once. An upload or download
    that broke goes on where it was when the same command is run again.
    """
    job = job_of(values, job_file)
    found = films_of(inputs, films)
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        targets = targets_of(found, output, job, client.container_of_preset)
        if dry_run:
            _print_dry_run(client, {**job, "output_filename": targets[0].name}, settings)
            return
        pairs = list(zip(found, targets, strict=True))
        if skip_existing:
            pairs = [(film, target) for film, target in pairs if not target.exists()]
            _say_skipped(len(found) - len(pairs), settings)
        sources = Sources.of(found)
        for _, target in pairs:
            sources.refuse(target)
            make_room(target, make=is_template(output))
            if not overwrite:
                refuse_existing(target)
        errands = [
            Errand(
                film,
                {**job, "output_filename": target.name},
                target,
                overwrite,
                history=history(),
                sources=sources,
            )
            for film, target in pairs
        ]
        answers = _all(client, errands, settings, detach=detach, at_once=at_once)
    _report(answers, settings)


def _print_dry_run(client: Client, job: Mapping[str, Any], settings: Settings) -> None:
    try:
        said = client.dry_run(job)
    except ClientError as exc:
        raise advised(client, exc, job) from exc
    if settings.json:
        print_json(said)
        return
    for warning in said.get("warnings") or ():
        remark(warning, quiet=settings.quiet)
    click.echo(said["command"])


def _all(
    client: Client, errands: list[Errand], settings: Settings, *, detach: bool, at_once: int
) -> list[Outcome | Errand | ClientError]:
    with Board(quiet=settings.quiet, count=len(errands)) as board:

        def do(errand: Errand) -> Outcome | Errand:
            view = board.view(errand.film.name)
            if detach:
                return submit(client, errand, view)
            return carry(client, errand, view)

        return conduct(errands, do, at_once=at_once, stop=client.stop)


def _say_skipped(count: int, settings: Settings) -> None:
    if count:
        remark(f"{count} skipped: their output exists", quiet=settings.quiet)


def _report(answers: Sequence[Outcome | Errand | ClientError], settings: Settings) -> None:
    outcomes = [answer for answer in answers if isinstance(answer, Outcome)]
    for answer in answers:
        if isinstance(answer, Errand):
            _print_detached(answer, settings)
        elif isinstance(answer, Outcome) and settings.json:
            print_json(answer.to_json())
    if not settings.json:
        _print_for_people(outcomes, settings)
    raise_errors(answers)


def _print_for_people(outcomes: Sequence[Outcome], settings: Settings) -> None:
    for outcome in outcomes:
        for warning in outcome.job.get("warnings") or ():
            remark(f"{outcome.errand.film}: {warning}", quiet=settings.quiet)
    if len(outcomes) == 1:
        remark(one_line(outcomes[0]), quiet=settings.quiet)
    elif outcomes:
        remark(summary(outcomes), quiet=settings.quiet)
    for outcome in outcomes:
        click.echo(outcome.errand.target)


def _print_detached(errand: Errand, settings: Settings) -> None:
    if settings.json:
        print_json({"job_id": errand.job_id, "input": str(errand.film)})
        return
    click.echo(errand.job_id)
    remark(f"`ffremote attach {errand.job_id}` brings {errand.target}", quiet=settings.quiet)
