"""`ffremote download`: download results."""

from contextlib import closing
from pathlib import Path

import click

from ..client.client import Client
from ..client.models import Downloaded
from ..client.transfer.overwrite_guard import Sources
from ..file_names import server_label
from ..formatting import human_bytes, print_json, print_path, remark
from ..settings.command_options import job_ids_argument, output_option, overwrite_option
from ..settings.session import connected, current_settings, history, ids_of
from ..settings.settings import Settings
from ..settings.shared_options import SharedCommand, shows_progress
from ..ui.progress import progress_display
from ..workflow.history import Entry
from ..workflow.outputs import prepare_target, require_folder, result_path


@shows_progress
@click.command(
    cls=SharedCommand,
    name="download",
    examples=(
        "ffremote download last",
        "ffremote download 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69 -o out.mp4",
    ),
)
@job_ids_argument
@output_option(
    "Output file, or directory for several jobs; a trailing / creates the directory.",
    default="name of the result",
)
@overwrite_option
def command(job_ids: tuple[str, ...], output: str | None, overwrite: bool) -> None:
    """Download the results of jobs.

    An interrupted download is resumed by the same command. Size and SHA-256 of each result are
    verified.
    """
    require_folder(output, count=len(job_ids))
    settings = current_settings()
    with connected() as client:
        entries = history().by_job_id(client.url)
        ids = ids_of(client, job_ids)
        sources = Sources.of(
            path for each in ids if each in entries for path in entries[each].inputs
        )
        for job_id in ids:
            target = result_path(output, _result_name(client, job_id, entries.get(job_id)))
            prepare_target(target)
            with progress_display(settings) as display, closing(display.view(target.name)) as view:
                downloaded = client.download(
                    job_id, target, overwrite=overwrite, sources=sources, on_bytes=view.received
                )
            _print(downloaded, settings)


def _result_name(client: Client, job_id: str, entry: Entry | None) -> str:
    """Return the name that the server offers, or the local name that it is the label of."""
    offered = client.result_name(job_id)
    local = Path(entry.output).name if entry is not None and entry.output else None
    if local is not None and offered == server_label(local):
        return local
    return offered or job_id


def _print(downloaded: Downloaded, settings: Settings) -> None:
    if settings.json:
        print_json(to_json(downloaded))
        return
    size = human_bytes(downloaded.bytes)
    remark(f"{size}, sha256 {downloaded.sha256}", quiet=settings.quiet)
    print_path(downloaded.path)


def to_json(downloaded: Downloaded) -> dict[str, object]:
    """Return the object that `--json` prints."""
    return {
        "job_id": downloaded.job_id,
        "path": str(downloaded.path),
        "bytes": downloaded.bytes,
        "sha256": downloaded.sha256,
    }
