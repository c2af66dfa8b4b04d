"""`ffremote run`: upload, follow, download."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ..bars import Board
from ..client import Client
from ..conductor import conduct
from ..display import human_bytes, human_seconds, print_json, remark
from ..errand import Errand, Outcome, carry
from ..errors import ClientError, LocalFileProblem, Misused
from ..interrupt import CtrlC
from ..job_options import JobCommand, job_of
from ..options import Settings
from ..partial import refuse_existing
from ..session import connected, current_settings

_EXAMPLES = (
    "ffremote run -i in.mov -o out.mp4 --video-codec libx264 --crf 23",
    "ffremote run -i in.mkv -o out.mp4 --preset web-720p",
    "ffremote run -i talk.mp4 -o talk.mp3 --no-video --loudness -16",
    "ffremote run -i in.mp4 -o clip.mp4 --start 1:30 --duration 20 --video-codec copy",
)


@click.command(cls=JobCommand, name="run", examples=_EXAMPLES)
@click.argument("films", nargs=-1, type=click.Path(path_type=Path), metavar="[INPUT]")
@click.option(
    "-i", "--input", "inputs", multiple=True, type=click.Path(path_type=Path), help="The film."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the result goes.")
@click.option("-y", "--overwrite", is_flag=True, help="Overwrite the output if it exists.")
def command(
    films: tuple[Path, ...],
    inputs: tuple[Path, ...],
    output: Path | None,
    overwrite: bool,
    job_file: str | None,
    **values: Any,
) -> None:
    """Upload INPUT, follow its job with live bars, download the result.

    Ctrl-C cancels the job on the server; a second Ctrl-C leaves at once.
    """
    job = job_of(values, job_file)
    errand = _errand(_only((*inputs, *films)), job, output, overwrite=overwrite)
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        outcome = _carried(client, errand, settings)
    _report(outcome, settings)


def _only(films: tuple[Path, ...]) -> Path:
    if len(films) != 1:
        raise Misused(
            "which film? Name it with -i" if not films else f"{len(films)} films are too many"
        )
    return films[0]


def _errand(film: Path, job: Mapping[str, Any], output: Path | None, *, overwrite: bool) -> Errand:
    target = output or _own_target(film, job)
    if target.is_dir():
        target = target / _own_target(film, job).name
    if not target.parent.is_dir():
        raise LocalFileProblem(f"there is no directory {target.parent}")
    if not overwrite:
        refuse_existing(target)
    return Errand(film, {**job, "output_filename": target.name}, target, overwrite)


def _own_target(film: Path, job: Mapping[str, Any]) -> Path:
    """The output's name when the person gave none: from the job."""
    if isinstance(job.get("output_filename"), str):
        return Path(Path(job["output_filename"]).name)
    if isinstance(job.get("container"), str):
        return Path(f"{film.stem}.{job['container']}")
    raise Misused("where does the result go? Name it with -o")


def _carried(client: Client, errand: Errand, settings: Settings) -> Outcome:
    with Board(quiet=settings.quiet) as board:
        view = board.view(errand.film.name)
        [answer] = conduct(
            [errand], lambda it: carry(client, it, view), at_once=1, stop=client.stop
        )
    if isinstance(answer, ClientError):
        raise answer
    return answer


def _report(outcome: Outcome, settings: Settings) -> None:
    if settings.json:
        print_json(outcome.to_json())
        return
    before, after = outcome.bytes_before, outcome.bytes_after
    share = f", {100 * after / before:.0f} % of {human_bytes(before)}" if after and before else ""
    remark(
        f"{human_bytes(after)}{share}, in {human_seconds(outcome.seconds)}", quiet=settings.quiet
    )
    click.echo(outcome.errand.target)
