"""`ffremote rm`: delete the results of jobs from the server."""

import click

from ...formatting import print_json
from ...settings.command_options import job_ids_argument
from ...settings.session import connected, current_settings, ids_of
from ...settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="rm",
    examples=("ffremote rm last", "ffremote rm 0b5f2c1e 7c4d9a10 --inputs"),
)
@job_ids_argument
@click.option(
    "--inputs", is_flag=True, help="Delete the inputs as well; an error while a job needs one."
)
def command(job_ids: tuple[str, ...], inputs: bool) -> None:
    """Delete the results and logs of ended jobs from the server now.

    Without this command, the server keeps them for a limited time. The job stays in the list, as
    expired.
    """
    with connected() as client:
        for job_id in ids_of(client, job_ids):
            client.delete_result(job_id)
            if inputs:
                client.delete_uploads(job_id)
            if current_settings().json:
                print_json({"job_id": job_id, "deleted": True, "inputs_deleted": inputs})
            else:
                click.echo(f"{job_id} deleted")
