"""`ffremote cancel`: stop jobs on the server."""

import click

from ..formatting import print_json
from ..settings.completion import job_ids as completed_ids
from ..settings.session import connected, current_settings, ids_of
from ..settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="cancel",
    examples=("ffremote cancel 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69",),
)
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True, shell_complete=completed_ids)
def command(job_ids: tuple[str, ...]) -> None:
    """Stop the jobs; what they have made is thrown away."""
    with connected() as client:
        for job_id in ids_of(client, job_ids):
            said = client.cancel(job_id)
            if current_settings().json:
                print_json(said)
            else:
                click.echo(f"{said['job_id']} {said['state']}")
