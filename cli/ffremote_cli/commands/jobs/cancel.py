"""`ffremote cancel`: cancel jobs."""

import click

from ...formatting import print_json
from ...settings.command_options import job_ids_argument
from ...settings.session import connected, current_settings, ids_of
from ...settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="cancel",
    examples=(
        "ffremote cancel last",
        "ffremote cancel 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69",
    ),
)
@job_ids_argument
def command(job_ids: tuple[str, ...]) -> None:
    """Cancel jobs; partial results are discarded."""
    with connected() as client:
        for job_id in ids_of(client, job_ids):
            canceled = client.cancel(job_id)
            if current_settings().json:
                print_json(canceled)
            else:
                click.echo(f"{canceled['job_id']} {canceled['state']}")
