"""`ffremote run`: upload, follow, download."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ..client.client import Client
from ..client.transfer.overwrite_guard import Sources
from ..client.transfer.partial_file import refuse_existing
from ..errors import ClientError
from ..formatting import plain, print_json, remark
from ..settings.input_options import at_once, input_arguments, inputs_of
from ..settings.job_options import JobCommand, job_of
from ..settings.option_names import name_options
from ..settings.session import connected, current_settings, history
from ..settings.settings import Settings
from ..settings.shared_options import shows_progress
from ..ui.progress import progress_display
from ..ui.report import report
from ..ui.summary import InputResult
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
from ..workflow.suggestions import with_suggestion

_EXAMPLES = (
    "ffremote run -i in.mov -o out.mp4 --video-codec libx264 --crf 23",
    "ffremote run -i in.mkv -o out.mp4 --preset web-720p",
    "ffremote run -i talk.mp4 -o talk.mp3 --no-video --loudness -16",
    "ffremote run -i in.mp4 -o clip.mp4 --start 1:30 --duration 20 --video-codec copy",
    "ffremote run films/ --preset web-720p -o 'small/{stem}.mp4' --jobs 4 --skip-existing",
    "ffremote run -i in.mov -o out.mp4 --detach; ffremote attach last",
)


@shows_progress
@click.command(cls=JobCommand, name="run", examples=_EXAMPLES)
@input_arguments
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="Where the result goes: a file, a directory, or a template with {stem}, {name}, {ext},"
    " {parent}, {preset}.",
)
@click.option("-y", "--overwrite", is_flag=True, help="Overwrite an output that exists.")
@click.option("--skip-existing", is_flag=True, help="Leave out inputs whose output exists.")
@click.option("--detach", is_flag=True, help="End after the upload; `ffremote attach` goes on.")
@click.option("--dry-run", is_flag=True, help="Only print the command that the server would run.")
@at_once
def command(
    paths: tuple[Path, ...],
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
    found = inputs_of(inputs, paths)
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        targets = targets_of(found, output, job, client.container_of_preset)
        refuse_collisions(found, targets)
        typed = names_files(output)
        if dry_run:
            whole = job_for(targets[0], job, is_typed=typed)
            _print_dry_run(client, whole, settings, from_file=job_file is not None)
            return
        pairs = list(zip(found, targets, strict=True))
        if skip_existing:
            pairs = [(path, target) for path, target in pairs if not target.exists()]
            _say_skipped(len(found) - len(pairs), settings)
        sources = Sources.of(found)
        _check_targets([target for _, target in pairs], sources, overwrite=overwrite)
        conversions = [
            Conversion(
                path,
                job_for(target, job, is_typed=typed),
                target,
                overwrite,
                history=history(),
                sources=sources,
            )
            for path, target in pairs
        ]
        answers = _all(client, conversions, settings, detach=detach, at_once=at_once)
    if job_file is None:
        name_options(answers)
    ends = [InputResult(path, answer) for (path, _), answer in zip(pairs, answers, strict=True)]
    report(ends, settings)


def _check_targets(targets: Sequence[Path], sources: Sources, *, overwrite: bool) -> None:
    """Raise for a target that could not be written in the end, before any byte is sent."""
    for target in targets:
        prepare_target(target)
        sources.refuse(target)
        if not overwrite:
            refuse_existing(target)


def _print_dry_run(
    client: Client, job: Mapping[str, Any], settings: Settings, *, from_file: bool
) -> None:
    try:
        said = client.dry_run(job)
    except ClientError as exc:
        error = with_suggestion(client, exc, job)
        if not from_file:
            name_options([error])
        raise error from exc
    if settings.json:
        print_json(said)
        return
    for warning in said.get("warnings") or ():
        remark(warning, quiet=settings.quiet)
    click.echo(plain(said["command"]))


def _all(
    client: Client, conversions: list[Conversion], settings: Settings, *, detach: bool, at_once: int
) -> list[ConversionResult | Conversion | ClientError]:
    with progress_display(settings, count=len(conversions)) as board:

        def do(conversion: Conversion) -> ConversionResult | Conversion:
            view = board.view(conversion.input.name)
            if detach:
                return submit(client, conversion, view)
            return run(client, conversion, view)

        return run_parallel(conversions, do, at_once=at_once, stop=client.stop)


def _say_skipped(count: int, settings: Settings) -> None:
    if count:
        remark(f"{count} skipped: their output exists", quiet=settings.quiet)
