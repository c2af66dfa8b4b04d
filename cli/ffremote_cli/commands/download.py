"""`ffremote download`: bring results here."""

from contextlib import closing
from pathlib import Path

import click

from ..client.client import Client
from ..client.models import Downloaded
from ..client.transfer.overwrite_guard import Sources
from ..errors import Misused
from ..file_names import server_label
from ..formatting import human_bytes, print_json, print_path, remark
from ..settings.completion import job_ids as completed_ids
from ..settings.session import connected, current_settings, history, ids_of
from ..settings.shared_options import SharedCommand, shows_progress
from ..ui.progress import progress_display
from ..workflow.history import Entry
from ..workflow.outputs import is_folder, prepare_target, result_path


@shows_progress
@click.command(
    cls=SharedCommand,
    name="download",
    examples=(
        "ffremote download 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69",
        "ffremote download 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69 -o out.mp4",
    ),
)
@click.argument("job_ids", metavar="ID...", nargs=-1, required=True, shell_complete=completed_ids)
@click.option(
    "-o", "--output", metavar="PATH", help="File, or a directory (made by -o DIR/) for many."
)
@click.option("-y", "--overwrite", is_flag=True, help="Overwrite what exists.")
def command(job_ids: tuple[str, ...], output: str | None, overwrite: bool) -> None:
    """Bring the jobs' results here, resumed after a break, checked by size and sha256."""
    if output is not None and len(job_ids) > 1 and not is_folder(output):
        raise Misused(f"{len(job_ids)} results need a directory", hint=f"-o {output}/ makes it")
    settings = current_settings()
    with connected() as client:
        known = {entry.job_id: entry for entry in history().newest(client.url)}
        ids = ids_of(client, job_ids)
        sources = Sources.of(Path(known[each].input) for each in ids if each in known)
        for job_id in ids:
            target = result_path(output, _name(client, job_id, known.get(job_id)))
            prepare_target(target)
            with progress_display(settings) as board, closing(board.view(target.name)) as view:
                here = client.download(
                    job_id, target, overwrite=overwrite, sources=sources, on_bytes=view.received
                )
            if settings.json:
                print_json(to_json(here))
                continue
            remark(f"{human_bytes(here.bytes)}, sha256 {here.sha256}", quiet=settings.quiet)
            print_path(here.path)


def to_json(here: Downloaded) -> dict[str, object]:
    """What `--json` prints."""
    return {
        "job_id": here.job_id,
        "path": str(here.path),
        "bytes": here.bytes,
        "sha256": here.sha256,
    }


def _name(client: Client, job_id: str, entry: Entry | None) -> str:
    """The name that was asked for on this machine, if the server's is its label; else that."""
    offered = client.result_name(job_id)
    asked = Path(entry.output).name if entry is not None and entry.output else None
    if asked is not None and offered == server_label(asked):
        return asked
    return offered or job_id
