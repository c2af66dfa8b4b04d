"""`ffremote log`: what FFmpeg said."""

import sys

import click

from ..client.client import Client
from ..formatting import plain
from ..settings.completion import job_ids as completed_ids
from ..settings.session import connected, ids_of
from ..settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="log",
    examples=("ffremote log 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69",),
)
@click.argument("job_id", metavar="ID", shell_complete=completed_ids)
@click.option("-f", "--follow", is_flag=True, help="Go on until the job has ended.")
def command(job_id: str, follow: bool) -> None:
    """Show the command that was run for the job ID, and what FFmpeg said."""
    with connected() as client:
        [job_id] = ids_of(client, (job_id,))
        shown = 0
        for _ in client.follow(job_id) if follow else ():
            shown += _show(client, job_id, start=shown)
        shown += _show(client, job_id, start=shown)
        if not shown:
            said = "the log is empty: FFmpeg has not started"
            click.echo(f"{said} (`ffremote status {job_id}` tells why a job failed)", err=True)


def _show(client: Client, job_id: str, *, start: int) -> int:
    count = 0
    is_terminal = sys.stdout.isatty()
    for block in client.log(job_id, start=start):
        shown = plain(block.decode(errors="replace")) if is_terminal else block
        click.echo(shown, nl=False)
        count += len(block)
    return count
