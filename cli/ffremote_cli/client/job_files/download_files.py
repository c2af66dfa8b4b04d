"""Downloads the files of a job into a directory, four at a time."""

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ...errors import LocalFileProblem
from ..http import HttpSession
from ..models import Downloaded, JobFile
from ..transfer.download import Remote, download
from ..transfer.overwrite_guard import Sources
from ..transfer.parallel_uploads import Task, run_uploads
from ..transfer.partial_file import refuse_existing
from ..transfer.transfer import OnBytes, Transfer
from .names import refuse_names


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files go, and what must not be lost there."""

    path: Path
    overwrite: bool
    sources: Sources
    targets: Mapping[str, Path] = field(default_factory=dict)
    """Where files go by their names; others go into the directory."""

    def target(self, file: JobFile) -> Path:
        """Return the path of a file."""
        return self.targets.get(file.name, self.path / file.name)

    def prepare(self) -> None:
        """Create the directory; raise LocalFileProblem."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            reason = "a file has that name" if isinstance(exc, FileExistsError) else exc.strerror
            raise LocalFileProblem(
                f"the directory {self.path} cannot be created: {reason}"
            ) from exc

    def has(self, file: JobFile) -> bool:
        """Whether the file is there with the listed bytes, as after an interrupted download."""
        path = self.target(file)
        if path.is_symlink() or not path.is_file() or path.stat().st_size != file.bytes:
            return False
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256

    def refuse(self, file: JobFile) -> None:
        """Raise LocalFileProblem if the file would replace what must stay."""
        target = self.target(file)
        self.sources.refuse(target)
        if target.is_dir() and not target.is_symlink():
            raise LocalFileProblem(f"{target} is a directory")
        if not self.overwrite:
            refuse_existing(target)


def download_files(
    http: HttpSession, job_id: str, files: Sequence[JobFile], folder: Folder, transfer: Transfer
) -> list[Downloaded]:
    """Download the files of a job, each complete and verified, or raise.

    Names and targets are checked before the first byte is requested. A file that is there already
    with the same bytes is kept.
    """
    refuse_names(files, Remote(job_id).label)
    folder.prepare()
    missing = [each for each in files if not folder.has(each)]
    for each in missing:
        folder.refuse(each)
    total = _Total(transfer.on_bytes, files, missing)
    fetch = partial(_fetch, http, job_id, folder, transfer=transfer, total=total)
    tasks: list[Task] = [partial(fetch, each) for each in missing]
    run_uploads(tasks, transfer.stop)
    return [Downloaded(job_id, folder.target(f), f.bytes, f.sha256) for f in files]


class _Total:
    """Adds up the bytes of all files; safe to use from several threads."""

    def __init__(
        self, on_bytes: OnBytes, files: Sequence[JobFile], missing: Sequence[JobFile]
    ) -> None:
        self.lock = threading.Lock()
        self._on_bytes = on_bytes
        self._size = sum(each.bytes for each in files)
        self._done = self._size - sum(each.bytes for each in missing)
        self._of_each: dict[str, int] = {}

    def report(self, name: str, done: int, _size: int | None) -> None:
        """Record the bytes of one file so far."""
        with self.lock:
            self._done += done - self._of_each.get(name, 0)
            self._of_each[name] = done
            self._on_bytes(self._done, self._size)


def _fetch(
    http: HttpSession,
    job_id: str,
    folder: Folder,
    file: JobFile,
    end: threading.Event,
    *,
    transfer: Transfer,
    total: _Total,
) -> None:
    """Download one file; end with Stopped soon after `end` is set."""
    download(
        http,
        Remote(job_id, file.name, file.sha256),
        folder.target(file),
        Transfer(
            transfer.retry.for_thread(end, total.lock),
            end,
            partial(total.report, file.name),
            rate=transfer.rate,
        ),
        overwrite=folder.overwrite,
        sources=folder.sources,
    )
