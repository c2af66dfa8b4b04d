"""`ffremote log`: print the log of a job."""

import sys

import click

from ...client.client import Client
from ...formatting import plain
from ...settings.command_options import job_id_argument
from ...settings.session import connected, ids_of
from ...settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="log",
    examples=("ffremote log last", "ffremote log 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69 --follow"),
)
@job_id_argument
@click.option("-f", "--follow", is_flag=True, help="Print new messages until the job has ended.")
def command(job_id: str, follow: bool) -> None:
    """Print the ffmpeg command of a job and the messages of FFmpeg."""
    with connected() as client:
        [job_id] = ids_of(client, (job_id,))
        printed = 0
        for _ in client.poll(job_id) if follow else ():
            printed += _print(client, job_id, start=printed)
        printed += _print(client, job_id, start=printed)
        if not printed:
            click.echo(
                "the log is empty: FFmpeg has not started "
                f"(`ffremote status {job_id}` shows why a job failed)",
                err=True,
            )


def _print(client: Client, job_id: str, *, start: int) -> int:
    """Print the log from byte `start` on; return the number of bytes printed."""
    count = 0
    is_terminal = sys.stdout.isatty()
    for block in client.log(job_id, start=start):
        click.echo(plain(block.decode(errors="replace")) if is_terminal else block, nl=False)
        count += len(block)
    return count
