"""Files by id: the only module that builds paths under the data directory.

    uploads/{upload}/partial|data      an upload: `partial` while it arrives, `data` when complete
    jobs/{job}/input                   a hard link to the upload's data, read by FFmpeg
    jobs/{job}/inputs/{number}/input   instead of it, each of several inputs in its own directory
    jobs/{job}/{attempt}/              the only directory that the attempt's FFmpeg may write to
    jobs/{job}/{attempt}.log           its command and messages
    jobs/{job}/{attempt}.result        its verified output, renamed here by the claim's holder
    jobs/{job}/{attempt}.publishing/   several outputs, while they are checked and hashed
    jobs/{job}/{attempt}.files/{n}     instead of the result: several outputs by their positions
    run/                               lock files and listener sockets of live processes
    cache/                             files that can be recreated
    ballast                            removed when the disk is full

Every id is a UUID or 32 hex digits; any other text is refused before it becomes part of a path.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from ffremote.errors import ServiceUnavailable

from .file_system import link_or_copy, remove_tree, sync

SERVER_LOCK = ".server.lock"

_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.ASCII)


class Storage:
    """The data directory `root`, which `prepare` creates."""

    def __init__(self, root: Path) -> None:
        self._prepared = False
        self.root = root.resolve()
        self.jobs = self.root / "jobs"
        self.uploads = self.root / "uploads"
        self.run = self.root / "run"
        self.cache = self.root / "cache"
        self.ballast = self.root / "ballast"

    def prepare_once(self) -> None:
        """Create the directories unless this object has created them already."""
        if not self._prepared:
            self.prepare()

    def prepare(self) -> None:
        """Create the directories, accessible to their owner only."""
        self._prepared = True
        for path in (self.root, self.jobs, self.uploads, self.run, self.cache):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def check_writable(self) -> None:
        """Raise ServiceUnavailable if no file can be created in the data directory."""
        try:
            with tempfile.TemporaryFile(dir=self.cache):
                return
        except OSError as exc:
            raise ServiceUnavailable(f"No file can be written: {exc.strerror}.") from exc

    def file_time(self) -> float:
        """Return the current time of the file system, in seconds since the epoch.

        The ages of files are measured against it: the clock of this host may have been stepped.
        """
        with tempfile.TemporaryFile(dir=self.cache) as file:
            return os.fstat(file.fileno()).st_mtime

    def free_bytes(self) -> int:
        """Return the free bytes of the data directory's file system."""
        return shutil.disk_usage(self.root).free

    def upload_dir(self, upload_id: str) -> Path:
        """Return the directory of an upload."""
        return self.uploads / _checked(upload_id)

    def upload_partial(self, upload_id: str) -> Path:
        """Return the path to which the bytes of an arriving upload are written."""
        return self.upload_dir(upload_id) / "partial"

    def upload_data(self, upload_id: str) -> Path:
        """Return the path of a complete upload."""
        return self.upload_dir(upload_id) / "data"

    def job_dir(self, job_id: str) -> Path:
        """Return the directory of a job, the working directory of its FFmpeg."""
        return self.jobs / _checked(job_id)

    def input(self, job_id: str) -> Path:
        """Return the job's own link to its only input file."""
        return self.job_dir(job_id) / input_names(1)[0]

    def attempt_dir(self, job_id: str, attempt: str) -> Path:
        """Return the directory that an attempt's FFmpeg may write to."""
        return self.job_dir(job_id) / _checked(attempt)

    def log(self, job_id: str, attempt: str) -> Path:
        """Return the log file of an attempt."""
        return self.job_dir(job_id) / f"{_checked(attempt)}.log"

    def result(self, job_id: str, attempt: str) -> Path:
        """Return the published output of an attempt."""
        return self.job_dir(job_id) / f"{_checked(attempt)}.result"

    def publishing_dir(self, job_id: str, attempt: str) -> Path:
        """Return the directory that becomes `files_dir` when all files are in it."""
        return self.job_dir(job_id) / f"{_checked(attempt)}.publishing"

    def files_dir(self, job_id: str, attempt: str) -> Path:
        """Return the directory of the published outputs of an attempt that has several."""
        return self.job_dir(job_id) / f"{_checked(attempt)}.files"

    def lock(self, holder: str) -> Path:
        """Return the lock file of a worker or of a holder of claims."""
        return self.run / f"{_checked(holder)}.lock"

    def server_lock(self, server_id: str) -> Path:
        """Return the lock file of a server."""
        return self.run / f"{_checked(server_id)}{SERVER_LOCK}"

    def server_locks(self) -> list[Path]:
        """Return the lock files of all servers, dead ones included."""
        return list(self.run.glob(f"*{SERVER_LOCK}"))

    def start_upload(self, upload_id: str) -> Path:
        """Create the directory of a new upload; return the path for its bytes."""
        self.upload_dir(upload_id).mkdir(mode=0o700)
        return self.upload_partial(upload_id)

    def finish_upload(self, upload_id: str) -> Path:
        """Give a complete upload its final name, synced to disk before any row refers to it."""
        partial, data = self.upload_partial(upload_id), self.upload_data(upload_id)
        sync(partial)
        partial.replace(data)
        sync(data.parent)
        sync(self.uploads)
        return data

    def share_upload(self, upload_id: str, identical_id: str) -> None:
        """Replace a received upload by a hard link to another one with identical bytes.

        Best effort: on any error the upload keeps its own copy.
        """
        partial = self.upload_partial(upload_id)
        link = partial.with_name("link")
        try:
            os.link(self.upload_data(identical_id), link)
            link.replace(partial)
        except OSError:
            link.unlink(missing_ok=True)

    def open_attempt(self, job_id: str, attempt: str, upload_ids: Sequence[str]) -> Path:
        """Create the directories of an attempt and link its inputs; return the job's directory.

        Raise FileNotFoundError when an upload was removed.
        """
        directory = self.job_dir(job_id)
        directory.mkdir(mode=0o700, exist_ok=True)
        self.attempt_dir(job_id, attempt).mkdir(mode=0o700)
        link = directory / f"{attempt}.input"
        for upload_id, name in zip(upload_ids, input_names(len(upload_ids)), strict=True):
            path = directory / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            link_or_copy(self.upload_data(upload_id), link)
            link.replace(path)
            # rename() does nothing if both names are links to the same file
            link.unlink(missing_ok=True)
        return directory

    def publish(self, job_id: str, attempt: str, output: str) -> Path:
        """Rename `output`, a path relative to the job's directory, to the result; sync to disk."""
        result = self.result(job_id, attempt)
        source = self.job_dir(job_id) / output
        sync(source)
        source.replace(result)
        sync(result.parent)
        return result

    def discard_attempt(self, job_id: str, attempt: str, *, result: bool = True) -> None:
        """Remove the files of an attempt but its log; `result=False` keeps what is published."""
        remove_tree(self.attempt_dir(job_id, attempt))
        if result:
            remove_tree(self.publishing_dir(job_id, attempt))
            remove_tree(self.files_dir(job_id, attempt))
            self.result(job_id, attempt).unlink(missing_ok=True)

    def discard_inputs(self, job_id: str) -> None:
        """Remove a job's links to its inputs, which no attempt needs any more."""
        (self.job_dir(job_id) / "input").unlink(missing_ok=True)
        remove_tree(self.job_dir(job_id) / "inputs")

    def discard_job(self, job_id: str) -> None:
        """Remove all files of a job."""
        remove_tree(self.job_dir(job_id))

    def discard_upload(self, upload_id: str) -> None:
        """Remove all files of an upload."""
        remove_tree(self.upload_dir(upload_id))

    def job_ids(self) -> Iterator[str]:
        """Yield the ids of all job directories."""
        return _ids(self.jobs)

    def upload_ids(self) -> Iterator[str]:
        """Yield the ids of all upload directories."""
        return _ids(self.uploads)


def input_names(inputs: int) -> tuple[str, ...]:
    """Return the paths of a job's inputs, relative to its directory.

    Several are each alone in a directory, so that none can name another as its neighbour.
    """
    if inputs == 1:
        return ("input",)
    return tuple(f"inputs/{number}/input" for number in range(inputs))


def is_id(text: str) -> bool:
    """Return whether `text` has the form of an id."""
    return _ID.fullmatch(text) is not None


def _ids(directory: Path) -> Iterator[str]:
    if not directory.is_dir():
        return
    for entry in os.scandir(directory):
        if is_id(entry.name):
            yield entry.name


def _checked(identifier: str) -> str:
    if not is_id(identifier):
        raise ValueError(f"{identifier!r} is not an id")
    return identifier
