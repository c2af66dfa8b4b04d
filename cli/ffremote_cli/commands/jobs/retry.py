"""`ffremote retry`: run a job again on the inputs that the server still has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from ...client.client import Client
from ...client.transfer.overwrite_guard import Sources
from ...errors import ClientError, Misused
from ...settings.command_options import job_id_argument, output_option, overwrite_option
from ...settings.job_file import read_job
from ...settings.job_options import JobCommand, job_over
from ...settings.option_names import name_options
from ...settings.session import connected, current_settings, history, ids_of
from ...settings.shared_options import shows_progress
from ...settings.side_files import side_file_option
from ...ui.report import report
from ...ui.summary import InputResult
from ...workflow.conversion import Conversion
from ...workflow.folders import check_target, makes_files
from ...workflow.interrupt import CtrlC
from ...workflow.remote.retrying import ended_job, job_at, refuse_other_preset, resubmit
from .attach import follow_all, target_of


@shows_progress
@click.command(
    cls=JobCommand,
    name="retry",
    examples=(
        "ffremote retry last",
        "ffremote retry 0b5f2c1e --crf 30 -o smaller.mp4",
        "ffremote retry last --job changed.json --detach",
    ),
)
@job_id_argument
@output_option("Output file, or directory.", default="output of the original command")
@overwrite_option
@click.option("--detach", is_flag=True, help="Print the id of the new job and exit.")
def command(
    *,
    job_id: str,
    output: str | None,
    overwrite: bool,
    detach: bool,
    job_file: str | None,
    **values: Any,
) -> None:
    """Run a job again on the inputs that the server still has, then download the result.

    The new job has the options of the earlier one, with those given here put over them; --job FILE
    takes the place of the earlier ones. Nothing is uploaded: if the server has removed an input,
    run the original command again.

    Ctrl-C stops following; the job continues.
    """
    if option := side_file_option(values):
        raise Misused(f"{option} names a file, and a retry sends none", hint="use `ffremote run`")
    settings = current_settings()
    with CtrlC() as ctrl_c, connected(ctrl_c.stop) as client:
        [earlier_id] = ids_of(client, (job_id,))
        earlier = ended_job(client, earlier_id)["job"]
        job = job_over(read_job(job_file) if job_file is not None else earlier, values)
        if job_file is None:
            refuse_other_preset(earlier, job)
        try:
            conversion = _queued(client, earlier_id, job, output=output, overwrite=overwrite)
        except ClientError as exc:
            if job_file is None:
                name_options([exc])
            raise
        ends = [InputResult(conversion.shown, conversion)]
        if not detach:
            ends = follow_all(client, [conversion], settings)
    report(ends, settings)


def _queued(
    client: Client, earlier_id: str, job: Mapping[str, Any], *, output: str | None, overwrite: bool
) -> Conversion:
    """Queue the job on the inputs of the earlier one, unless its result could not be written."""
    entry = history().by_job_id(client.url).get(earlier_id)
    target = target_of(client, earlier_id, entry, output)
    job = job_at(target, job, output)
    inputs = entry.inputs if entry is not None else ()
    sources = Sources.of(inputs)
    check_target(target, job, sources, overwrite=overwrite)
    new_id = resubmit(client, earlier_id, job, entry=entry, target=target, history=history())
    path, *further = inputs or (Path(new_id),)
    return Conversion(
        path,
        job,
        target,
        overwrite,
        job_id=new_id,
        sources=sources,
        further=further,
        folder=target if makes_files(job) else None,
    )
