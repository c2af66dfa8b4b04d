"""`ffremote undrain`: let draining workers take jobs again."""

import click

from ...formatting import print_json
from ...settings.command_options import workers_argument
from ...settings.session import connected, current_settings
from ...settings.shared_options import SharedCommand
from ...workflow.remote.worker_ids import resolve_workers


@click.command(
    cls=SharedCommand,
    name="undrain",
    examples=("ffremote undrain 0b5f2c1e", "ffremote undrain bigbox"),
)
@workers_argument
def command(workers: tuple[str, ...]) -> None:
    """Let draining workers take jobs again.

    WORKER is an id, its beginning, or the name of a host.
    """
    with connected() as client:
        for worker_id in resolve_workers(client.workers(), workers):
            worker = client.undrain(worker_id)
            if current_settings().json:
                print_json(worker)
            else:
                click.echo(f"{worker_id} takes jobs")
