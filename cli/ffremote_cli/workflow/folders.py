"""The directories for jobs that make several files: those of `outputs`, or of a package."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..client.transfer.overwrite_guard import Sources
from ..client.transfer.partial_file import refuse_existing
from ..errors import LocalFileProblem
from ..file_names import server_label
from .outputs import prepare_target


def makes_files(job: Mapping[str, Any]) -> bool:
    """Whether the job makes several files, which go into a directory."""
    return "outputs" in job or "package" in job


def job_of_files(job: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the job; that of a package gets a name for all of its files together."""
    if "outputs" in job:
        return dict(job)
    name = server_label(f"{folder.resolve().name or 'files'}.zip")
    return {"output_filename": name, **job}


def folder_of(path: Path | None, output: str | None, *, is_only: bool) -> Path:
    """Return the directory for the files of an input: that of `-o`, or one in it for each input."""
    folder = Path(output or "")
    return folder if is_only or path is None else folder / path.stem


def file_names(job: Mapping[str, Any]) -> list[str]:
    """Return the names of the files that the job will make, as far as it names them."""
    outputs = job.get("outputs")
    items = outputs if isinstance(outputs, list) else []
    names = [each.get("output_filename") for each in items if isinstance(each, dict)]
    return [Path(name).name for name in names if isinstance(name, str) and Path(name).name]


def has_all(folder: Path, job: Mapping[str, Any]) -> bool:
    """Whether the directory has every file that the job names, and it names some."""
    names = file_names(job)
    return bool(names) and all((folder / name).exists() for name in names)


def prepare_folder(folder: Path) -> None:
    """Create the directory; raise LocalFileProblem if that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        reason = "a file has that name" if isinstance(exc, FileExistsError) else exc.strerror
        raise LocalFileProblem(
            f"the directory {folder} cannot be created: {reason}",
            hint="a job with several outputs writes into a directory: -o DIRECTORY/",
        ) from exc


def check_files(folder: Path, job: Mapping[str, Any], sources: Sources, *, overwrite: bool) -> None:
    """Prepare the directory; raise LocalFileProblem for a file in it that must stay."""
    prepare_folder(folder)
    for name in file_names(job):
        sources.refuse(folder / name)
        if not overwrite:
            refuse_existing(folder / name)


def check_target(
    target: Path, job: Mapping[str, Any], sources: Sources, *, overwrite: bool
) -> None:
    """Raise for results that could not be written in the end, before any byte is uploaded."""
    if makes_files(job):
        check_files(target, job, sources, overwrite=overwrite)
        return
    prepare_target(target)
    sources.refuse(target)
    if not overwrite:
        refuse_existing(target)
