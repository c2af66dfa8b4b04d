"""`ffremote attach`: go on with jobs that were begun before, here or on another machine."""

from pathlib import Path

import click

from ..client.client import Client
from ..client.transfer.overwrite_guard import Sources
from ..errors import Misused
from ..file_names import local_name
from ..settings.completion import job_ids as completed_ids
from ..settings.session import connected, current_settings, history, ids_of
from ..settings.shared_options import SharedCommand, shows_progress
from ..ui.progress import progress_display
from ..ui.report import report
from ..ui.summary import InputResult
from ..workflow.conversion import Conversion, ConversionResult, fetch
from ..workflow.history import Entry
from ..workflow.interrupt import CtrlC
from ..workflow.outputs import is_folder, prepare_target, result_path
from ..workflow.parallel import run_parallel


@shows_progress
@click.command(
    cls=SharedCommand,
    name="attach",
    examples=("ffremote attach last", "ffremote attach 0b5f2c1e -o out.mp4"),
)
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True, shell_complete=completed_ids)
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="File, or a directory for many; else where `run` said.",
)
@click.option("-y", "--overwrite", is_flag=True, help="Overwrite what exists.")
def command(job_ids: tuple[str, ...], output: str | None, overwrite: bool) -> None:
    """Follow jobs to their end and bring their results, as `run` would have.

    Ctrl-C ends the following; the jobs go on. An upload that broke off on this machine is gone on
    with.
    """
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        known = {entry.job_id: entry for entry in history().newest(client.url)}
        ids = ids_of(client, job_ids)
        if output is not None and len(ids) > 1 and not is_folder(output):
            raise Misused(f"{len(ids)} results need a directory", hint=f"-o {output}/ makes it")
        conversions = [_errand(client, each, known, output, overwrite) for each in ids]
        sources = Sources.of(Path(known[each].input) for each in ids if each in known)
        for conversion in conversions:
            conversion.sources = sources
        with progress_display(settings, count=len(conversions)) as board:

            def do(conversion: Conversion) -> ConversionResult:
                view = board.view(str(conversion.target))
                view.accepted(str(conversion.job_id))
                return fetch(client, conversion, view)

            answers = run_parallel(conversions, do, at_once=len(conversions), stop=client.stop)
    ends = [
        InputResult(each.input, answer) for each, answer in zip(conversions, answers, strict=True)
    ]
    report(ends, settings)


def _errand(
    client: Client,
    job_id: str,
    known: dict[str, Entry],
    output: str | None,
    overwrite: bool,
) -> Conversion:
    entry = known.get(job_id)
    if output is None and entry is not None and entry.output is not None:
        target = Path(entry.output)
    else:
        job = client.job(job_id).get("job") or {}
        target = result_path(
            output, local_name(Path(str(job.get("output_filename") or job_id)).name)
        )
    prepare_target(target)
    path = Path(entry.input if entry else job_id)
    return Conversion(path, {}, target, overwrite, job_id=job_id)
