"""`ffremote drain`: let workers finish their jobs and take no more."""

import click

from ...formatting import print_json
from ...settings.command_options import workers_argument
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand
from ...workflow.remote.worker_ids import resolve_workers


@click.command(
    cls=SharedCommand,
    name="drain",
    examples=("ffremote drain 0b5f2c1e", "ffremote drain bigbox"),
)
@workers_argument
def command(workers: tuple[str, ...]) -> None:
    """Let workers finish their running jobs and take no more.

    The jobs wait in the queue for other workers, or until `ffremote undrain`. WORKER is an id, its
    beginning, or the name of a host.
    """
    with connected() as client:
        for worker_id in resolve_workers(client.workers(), workers):
            worker = client.drain(worker_id)
            if current_settings().json:
                print_json(worker)
            else:
                click.echo(f"{worker_id} drains")
