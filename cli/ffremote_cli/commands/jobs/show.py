"""`ffremote show`: show all about a job."""

import click

from ...formatting import print_json
from ...settings.command_options import job_id_argument
from ...settings.session import connected, current_settings, ids_of
from ...settings.shared_options import SharedCommand
from ...ui.job_page import job_page


@click.command(
    cls=SharedCommand,
    name="show",
    examples=("ffremote show last", "ffremote show 0b5f2c1e --json | jq .result.streams"),
)
@job_id_argument
def command(job_id: str) -> None:
    """Show all about a job: inputs, result, saving, times, attempts, command.

    Of a failed job, also the error with the last messages of FFmpeg; `ffremote log` has all of
    them. With --json, the job as the API describes it.
    """
    with connected() as client:
        [job_id] = ids_of(client, (job_id,))
        job = client.job(job_id)
    if current_settings().json:
        print_json(job)
    else:
        click.echo(job_page(job))
