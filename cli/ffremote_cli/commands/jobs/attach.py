"""`ffremote attach`: follow jobs that were started earlier, on any machine, and download."""

from collections.abc import Sequence
from pathlib import Path

import click

from ...client.client import Client
from ...client.transfer.overwrite_guard import Sources
from ...file_names import local_name
from ...settings.command_options import (
    delete_remote_option,
    job_ids_argument,
    output_option,
    overwrite_option,
)
from ...settings.session import connected, current_settings, history, ids_of
from ...settings.settings import Settings
from ...settings.shared_options import SharedCommand, shows_progress
from ...ui.conversions import Display, convert_all
from ...ui.report import report
from ...ui.summary import InputResult
from ...workflow.conversion import Conversion, ConversionResult, fetch
from ...workflow.history import Entry
from ...workflow.interrupt import CtrlC
from ...workflow.outputs import is_folder, prepare_target, require_folder, result_path


@shows_progress
@click.command(
    cls=SharedCommand,
    name="attach",
    examples=("ffremote attach last", "ffremote attach 0b5f2c1e -o out.mp4"),
)
@job_ids_argument
@output_option(
    "Output file, or directory for several jobs.", default="output of the original command"
)
@overwrite_option
@delete_remote_option
def command(
    job_ids: tuple[str, ...], output: str | None, overwrite: bool, delete_remote: bool
) -> None:
    """Follow jobs until they end and download their results, as `run` does.

    Ctrl-C stops following; the jobs continue. An upload that was interrupted on this machine is
    resumed.
    """
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        entries = history().by_job_id(client.url)
        ids = ids_of(client, job_ids)
        require_folder(output, count=len(ids))
        sources = Sources.of(
            path for each in ids if each in entries for path in entries[each].inputs
        )
        conversions = [
            conversion_of(
                job_id,
                entries.get(job_id),
                target_of(client, job_id, entries.get(job_id), output),
                overwrite=overwrite,
                sources=sources,
            )
            for job_id in ids
        ]
        for conversion in conversions:
            conversion.delete_remote = delete_remote
        ends = follow_all(client, conversions, settings)
    report(ends, settings)


def follow_all(
    client: Client, conversions: Sequence[Conversion], settings: Settings
) -> list[InputResult]:
    """Follow jobs that exist and download their results; return them in order."""

    def convert(conversion: Conversion, display: Display) -> ConversionResult:
        view = display.view(str(conversion.target))
        view.accepted(str(conversion.job_id))
        return fetch(client, conversion, view)

    return convert_all(client, conversions, settings, convert, at_once=len(conversions))


def target_of(client: Client, job_id: str, entry: Entry | None, output: str | None) -> Path:
    """Return the path of the result: `-o`, or the output that the job was started with here."""
    if output is None and entry is not None and entry.output is not None:
        return Path(entry.output)
    job = client.job(job_id).get("job") or {}
    name = Path(str(job.get("output_filename") or job_id)).name
    return result_path(output, local_name(name))


def conversion_of(
    job_id: str, entry: Entry | None, target: Path, *, overwrite: bool, sources: Sources
) -> Conversion:
    """Return the conversion of a job that exists; raise LocalFileProblem for its target."""
    folder = target if is_folder(str(target)) else None
    if folder is None:
        prepare_target(target)
    path, *further = (entry.inputs if entry else ()) or (Path(job_id),)
    return Conversion(
        path, {}, target, overwrite, job_id=job_id, sources=sources, further=further, folder=folder
    )
