"""`ffremote download`: bring results here."""

from contextlib import closing
from pathlib import Path

import click

from ..bars import Board
from ..client import Client
from ..completing import job_ids as completed_ids
from ..display import human_bytes, print_json, remark
from ..errors import Misused
from ..options import SharedCommand
from ..results import Downloaded
from ..session import connected, current_settings, history, ids_of
from ..sources import Sources


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
    "-o", "--output", type=click.Path(path_type=Path), help="File, or a directory for many."
)
@click.option("-y", "--overwrite", is_flag=True, help="Overwrite what exists.")
def command(job_ids: tuple[str, ...], output: Path | None, overwrite: bool) -> None:
    """Bring the jobs' results here, resumed after a break, checked by size and sha256."""
    if output is not None and len(job_ids) > 1 and not output.is_dir():
        raise Misused(f"{len(job_ids)} results need a directory, and {output} is none")
    settings = current_settings()
    with connected() as client:
        known = {entry.job_id: Path(entry.input) for entry in history().newest(client.url)}
        ids = ids_of(client, job_ids)
        sources = Sources.of(known[each] for each in ids if each in known)
        for job_id in ids:
            target = _target(client, job_id, output)
            with Board(quiet=settings.quiet) as board, closing(board.view(target.name)) as view:
                here = client.download(
                    job_id, target, overwrite=overwrite, sources=sources, on_bytes=view.received
                )
            if settings.json:
                print_json(to_json(here))
                continue
            remark(f"{human_bytes(here.bytes)}, sha256 {here.sha256}", quiet=settings.quiet)
            click.echo(here.path)


def to_json(here: Downloaded) -> dict[str, object]:
    """What `--json` prints."""
    return {
        "job_id": here.job_id,
        "path": str(here.path),
        "bytes": here.bytes,
        "sha256": here.sha256,
    }


def _target(client: Client, job_id: str, output: Path | None) -> Path:
    if output is not None and not output.is_dir():
        return output
    name = client.result_name(job_id) or job_id
    return (output or Path()) / name
