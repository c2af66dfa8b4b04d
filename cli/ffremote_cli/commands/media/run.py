"""`ffremote run`: upload, follow, download."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ...client.client import Client
from ...client.transfer.overwrite_guard import Sources
from ...errors import ClientError
from ...formatting import plain, print_json, remark
from ...settings.command_options import (
    at_once_option,
    batch_of,
    delete_remote_option,
    dry_run_option,
    input_arguments,
    output_option,
    overwrite_option,
    sequence_options,
    with_option,
)
from ...settings.job_options import JobCommand
from ...settings.option_names import name_options
from ...settings.session import connected, current_settings, history
from ...settings.settings import Settings
from ...settings.shared_options import shows_progress
from ...ui.conversions import Display, convert_all
from ...ui.report import report
from ...workflow.batch import Batch
from ...workflow.conversion import Conversion, ConversionResult, run, submit
from ...workflow.folders import check_target, has_all, makes_files
from ...workflow.interrupt import CtrlC
from ...workflow.outputs import refuse_collisions
from ...workflow.stdio import STREAM, files_for_streams, print_file, require_one_result
from ...workflow.suggestions import suggest

_EXAMPLES = (
    "ffremote run -i in.mov -o out.mp4 --video-codec libx264 --crf 23",
    "ffremote run -i in.mkv -o out.mp4 --preset web-720p",
    "ffremote run -i talk.mp4 -o talk.mp3 --no-video --loudness -16",
    "ffremote run in.mp4 -o clip.mp4 --start 1:30 --duration 20 --video-codec copy",
    "ffremote run videos/ --preset small -o 'to/{stem}.mp4' --skip-existing",
    "ffremote run -i in.mp4 --with logo.png --job overlay.json -o out.mp4",
    "ffremote run --graph 'testsrc2=d=10' -o bars.mp4",
    "ffremote run -i img%03d.png -o out.mp4 --input-fps 30",
    "ffremote run -i in.mov -o out.mp4 --detach; ffremote attach last",
    "curl -s URL | ffremote run -i - -o - --container mp3 --no-video > out.mp3",
)


@shows_progress
@click.command(cls=JobCommand, name="run", examples=_EXAMPLES)
@input_arguments
@with_option
@sequence_options
@output_option(
    "Output file, directory, or template with {stem}, {name}, {ext}, {parent}, {preset}.",
    default="name of the input, with the extension of --container or --preset",
)
@overwrite_option
@click.option("--skip-existing", is_flag=True, help="Skip inputs whose output file exists.")
@click.option(
    "--detach",
    is_flag=True,
    help="Print the job id and exit after the upload; `ffremote attach` downloads the result.",
)
@delete_remote_option
@dry_run_option
@at_once_option
def command(
    *,
    output: str | None,
    overwrite: bool,
    skip_existing: bool,
    detach: bool,
    delete_remote: bool,
    dry_run: bool,
    at_once: int,
    job_file: str | None,
    **values: Any,
) -> None:
    """Upload INPUT, follow its job with progress bars, download the result.

    Each input becomes one job; its further inputs, such as a logo, follow with --with. A --graph of
    sources needs none; - is stdin, and -o - stdout. The server chooses what is left open, such as
    codecs for the container. The files of a job with several `outputs` go into the directory of -o,
    or into one for each input.

    Ctrl-C cancels the job on the server; a second Ctrl-C exits at once. To resume an interrupted
    upload or download, run the same command again.
    """
    settings = current_settings()
    limit = None if dry_run else _upload_limit
    with files_for_streams(values, output, limit=limit) as (values, path):
        batch = batch_of(values, output=path, job_file=job_file)
        if output == STREAM:
            require_one_result(batch, detach=detach, as_json=settings.json)
        how = _How(
            overwrite=overwrite,
            skip_existing=skip_existing,
            detach=detach,
            delete_remote=delete_remote,
            dry_run=dry_run,
            at_once=at_once,
            has_job_file=job_file is not None,
            to_stdout=output == STREAM,
        )
        _run(batch, how, settings)


@dataclass(frozen=True, slots=True)
class _How:
    """What the typed options say about the run, apart from the job."""

    overwrite: bool
    skip_existing: bool
    detach: bool
    delete_remote: bool
    dry_run: bool
    at_once: int
    has_job_file: bool
    to_stdout: bool


def _upload_limit() -> int:
    with connected() as client:
        return int(client.capabilities()["limits"]["max_upload_bytes"])


def _run(batch: Batch, how: _How, settings: Settings) -> None:
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        targets = batch.targets(client.container_of_preset)
        refuse_collisions(batch.firsts, targets)
        if how.dry_run:
            _print_dry_run(client, batch.first_job(targets[0]), settings, how)
            return
        pairs = list(zip(batch.firsts, targets, strict=True))
        pairs = _without_existing(pairs, batch.job, settings) if how.skip_existing else pairs
        conversions = _conversions(batch, pairs, how)

        def convert(conversion: Conversion, display: Display) -> Conversion | ConversionResult:
            step = submit if how.detach else run
            return step(client, conversion, display.view(conversion.shown.name))

        ends = convert_all(client, conversions, settings, convert, at_once=how.at_once)
    if not how.has_job_file:
        name_options(end.result for end in ends)
    report(ends, settings, prints_paths=not how.to_stdout)
    if how.to_stdout:
        print_file(targets[0])


def _without_existing(
    pairs: Sequence[tuple[Path | None, Path]], job: Mapping[str, Any], settings: Settings
) -> list[tuple[Path | None, Path]]:
    if makes_files(job):
        missing = [pair for pair in pairs if not has_all(pair[1], job)]
    else:
        missing = [pair for pair in pairs if not pair[1].exists()]
    if skipped := len(pairs) - len(missing):
        remark(f"{skipped} skipped: their output exists", quiet=settings.quiet)
    return missing


def _conversions(
    batch: Batch, pairs: Sequence[tuple[Path | None, Path]], how: _How
) -> list[Conversion]:
    """Return a conversion for each (input, target); raise for a target that cannot be written."""
    sources = Sources.of(batch.files)
    has_files = makes_files(batch.job)
    for _, target in pairs:
        check_target(target, batch.job, sources, overwrite=how.overwrite)
    return [
        Conversion(
            path,
            batch.job_for(target),
            target,
            how.overwrite,
            history=None if how.to_stdout else history(),
            sources=sources,
            further=batch.further,
            folder=target if has_files else None,
            delete_remote=how.delete_remote,
        )
        for path, target in pairs
    ]


def _print_dry_run(client: Client, job: Mapping[str, Any], settings: Settings, how: _How) -> None:
    try:
        plan = client.dry_run(job)
    except ClientError as exc:
        suggest(client, exc, job)
        if not how.has_job_file:
            name_options([exc])
        raise
    if settings.json:
        print_json(plan)
        return
    for warning in plan.get("warnings") or ():
        remark(warning, quiet=settings.quiet)
    click.echo(plain(plan["command"]))
