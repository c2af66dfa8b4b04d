"""`ffremote download`: download results."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from ...client.client import Client
from ...client.models import Downloaded
from ...client.transfer.overwrite_guard import Sources
from ...errors import Misused, Refused
from ...file_names import local_name, server_label
from ...formatting import human_bytes, print_json, print_path, remark
from ...settings.command_options import (
    delete_remote_option,
    job_ids_argument,
    output_option,
    overwrite_option,
)
from ...settings.session import connected, current_settings, history, ids_of
from ...settings.settings import Settings
from ...settings.shared_options import SharedCommand, shows_progress
from ...ui.progress import progress_display
from ...workflow.history import Entry
from ...workflow.outputs import is_folder, prepare_target, require_folder, result_path
from ...workflow.progress_view import ProgressView
from ...workflow.remote import deletion


@shows_progress
@click.command(
    cls=SharedCommand,
    name="download",
    examples=(
        "ffremote download last",
        "ffremote download 0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69 -o out.mp4",
        "ffremote download last -o segments/",
    ),
)
@job_ids_argument
@output_option(
    "Output file, or directory for several jobs; a trailing / creates the directory.",
    default="name of the result",
)
@overwrite_option
@delete_remote_option
def command(
    job_ids: tuple[str, ...], output: str | None, overwrite: bool, delete_remote: bool
) -> None:
    """Download the results of jobs.

    An interrupted download is resumed by the same command. Size and SHA-256 of each file are
    verified. The files of a job that has several go into the directory of -o, by default one with
    the name of the result; -o NAME.zip downloads them as one archive. With several jobs, each of
    these gets a directory of its own.
    """
    require_folder(output, count=len(job_ids))
    with connected() as client:
        entries = history().by_job_id(client.url)
        ids = ids_of(client, job_ids)
        sources = Sources.of(
            path for each in ids if each in entries for path in entries[each].inputs
        )
        for job_id in ids:
            into = Wanted(output, overwrite, sources, is_only=len(ids) == 1)
            offered, has_several = _offer(client, job_id)
            if has_several and not into.is_archive():
                for downloaded in _download_files(client, job_id, offered, into):
                    _print(downloaded, current_settings())
            else:
                name = _local_name(offered, entries.get(job_id))
                _print(_download(client, job_id, name, into), current_settings())
            if delete_remote:
                deletion.delete_remote(client, job_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the results go."""

    output: str | None
    overwrite: bool
    sources: Sources
    is_only: bool
    """Whether this is the result of one job only."""

    def is_archive(self) -> bool:
        """Whether several files are wanted as one archive."""
        return self.output is not None and self.output.lower().endswith(".zip")

    def folder(self, name: str) -> Path:
        """Return the directory for the files of the job whose archive is called `name`."""
        if self.output is None or not self.is_only:
            return Path(self.output or "") / local_name(Path(name).stem)
        if not is_folder(self.output):
            raise Misused(
                f"the job has several files, and {self.output} is no directory",
                hint=f"-o {self.output}/ creates it; -o NAME.zip downloads one archive",
            )
        return Path(self.output)


def _offer(client: Client, job_id: str) -> tuple[str, bool]:
    """Return the name that the server offers for the result, and whether it has several files."""
    try:
        name = client.result_name(job_id) or job_id
    except Refused as exc:
        if exc.code != "TOO_MANY_FILES":
            raise
        name = ""
    if name and not name.endswith(".zip"):
        return name, False
    result = client.job(job_id).get("result") or {}
    filename = str(result.get("filename") or job_id)
    return name or local_name(filename), bool(result.get("files"))


def _download(client: Client, job_id: str, name: str, into: Wanted) -> Downloaded:
    target = result_path(into.output, name)
    prepare_target(target)
    with _view(target.name) as view:
        return client.download(
            job_id,
            target,
            overwrite=into.overwrite,
            sources=into.sources,
            on_bytes=view.received,
        )


def _download_files(client: Client, job_id: str, name: str, into: Wanted) -> list[Downloaded]:
    folder = into.folder(name)
    with _view(str(folder)) as view:
        return client.download_files(
            job_id,
            folder,
            overwrite=into.overwrite,
            sources=into.sources,
            on_bytes=view.received,
        )


@contextmanager
def _view(name: str) -> Iterator[ProgressView]:
    with progress_display(current_settings()) as display, closing(display.view(name)) as view:
        yield view


def _local_name(offered: str, entry: Entry | None) -> str:
    """Return the name that the server offers, or the local name that it is the label of."""
    local = Path(entry.output).name if entry is not None and entry.output else None
    return local if local is not None and offered == server_label(local) else offered


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
