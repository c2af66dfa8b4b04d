"""`ffremote status`: show the state and progress of a job."""

import click

from ...client.models import Status, UploadProgress
from ...formatting import human_bytes, one_line, print_json
from ...settings.command_options import job_id_argument
from ...settings.session import connected, current_settings, ids_of
from ...settings.shared_options import SharedCommand
from ...ui.colours import coloured
from ...ui.words import pace_of


@click.command(
    cls=SharedCommand,
    name="status",
    examples=(
        "ffremote status last",
        "ffremote status 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69 --json",
    ),
)
@job_id_argument
def command(job_id: str) -> None:
    """Show the state and progress of a job, why it waits, and the reason if it failed."""
    with connected() as client:
        [job_id] = ids_of(client, (job_id,))
        status = client.status(job_id)
    if current_settings().json:
        print_json(status.raw)
    else:
        click.echo(described(status))


def described(status: Status) -> str:
    """Return the status as one line, followed by the error and its hint, if there is one."""
    words = [status.job_id, status.state]
    if status.upload is not None:
        words.append(_uploaded(status.upload))
    if status.state == "queued" and status.queue_position:
        words.append(f"position {status.queue_position} in the queue")
    if status.state == "running":
        words += [f"{status.percent} %", status.phase or "", pace_of(status)]
    line = one_line(" ".join(word for word in words if word))
    error = status.error or {}
    why = status.message if status.state == "queued" else None
    details = [why, error.get("message"), (error.get("details") or {}).get("hint")]
    return "\n".join(
        [
            coloured(line, {status.job_id: status.state}),
            *(f"  {one_line(str(text))}" for text in details if text),
        ]
    )


def _uploaded(upload: UploadProgress) -> str:
    return (
        f"{upload.percent} % uploaded "
        f"({human_bytes(upload.bytes_received)} of {human_bytes(upload.bytes)})"
    )
