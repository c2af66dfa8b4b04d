"""`ffremote files`: list the files of a completed job."""

import click

from ...client.models import JobFile
from ...formatting import human_bytes, human_seconds, one_line, print_json, table
from ...settings.command_options import job_id_argument
from ...settings.session import connected, current_settings, ids_of
from ...settings.shared_options import SharedCommand


@click.command(
    cls=SharedCommand,
    name="files",
    examples=("ffremote files last", "ffremote download last -o DIRECTORY/"),
)
@job_id_argument
def command(job_id: str) -> None:
    """List the files of a completed job, which `download` gets."""
    with connected() as client:
        [job_id] = ids_of(client, (job_id,))
        files = client.files(job_id)
    if current_settings().json:
        print_json([_to_json(each) for each in files])
        return
    click.echo(table(("NAME", "SIZE", "TYPE", "DURATION"), [_row(each) for each in files]))


def _row(file: JobFile) -> tuple[str, str, str, str]:
    duration = "" if file.duration is None else human_seconds(file.duration)
    return one_line(file.name), human_bytes(file.bytes), one_line(file.content_type), duration


def _to_json(file: JobFile) -> dict[str, object]:
    return {
        "name": file.name,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "content_type": file.content_type,
        "duration": file.duration,
    }
