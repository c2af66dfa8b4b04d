"""Files by id: the only room that joins paths under the data directory.

    uploads/{upload}/partial|data      bytes of a client, first arriving, then whole
    jobs/{job}/input                   the upload's bytes once more (hard link), read by FFmpeg
    jobs/{job}/{attempt}/              the only place where the FFmpeg of that attempt may write
    jobs/{job}/{attempt}.log           its command and messages
    jobs/{job}/{attempt}.result        its verified output, renamed here by the claim's holder
    run/                               locks and doorbells of live workers
    cache/                             what can be made again
    ballast                            given up when the disk is full

Every id is one of ours (UUID or hex); anything else is refused before it becomes a path.
"""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ffremote.errors import ServiceUnavailable

SERVER_LOCK = ".server.lock"
REMOVERS = 8  # how often a removal begins again because another process removes the same

_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.ASCII)


class Storage:
    """The data directory. `root` is made, with its parents, by `prepare`."""

    def __init__(self, root: Path) -> None:
        self._prepared = False
        self.root = root.resolve()
        self.jobs = self.root / "jobs"
        self.uploads = self.root / "uploads"
        self.run = self.root / "run"
        self.cache = self.root / "cache"
        self.ballast = self.root / "ballast"

    def prepare_once(self) -> None:
        """Make the directories unless this object has made them already."""
        if not self._prepared:
            self.prepare()

    def prepare(self) -> None:
        """Make the directories; only their owner may look inside."""
        self._prepared = True
        for path in (self.root, self.jobs, self.uploads, self.run, self.cache):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def check_writable(self) -> None:
        """Raise ServiceUnavailable when no file can be made in the data directory."""
        try:
            with tempfile.TemporaryFile(dir=self.cache):
                return
        except OSError as exc:
            raise ServiceUnavailable(f"No file can be written: {exc.strerror}.") from exc

    def file_time(self) -> float:
        """Return the time that the file system gives a file now, in seconds since the epoch.

        The ages of files are judged by it: the clock of this process may have been stepped.
        """
        with tempfile.TemporaryFile(dir=self.cache) as file:
            return os.fstat(file.fileno()).st_mtime

    def free_bytes(self) -> int:
        """Return the bytes that the file system of the data directory has left for us."""
        return shutil.disk_usage(self.root).free

    def upload_dir(self, upload_id: str) -> Path:
        """Return the directory of an upload."""
        return self.uploads / _checked(upload_id)

    def upload_partial(self, upload_id: str) -> Path:
        """Return where the bytes of an upload arrive."""
        return self.upload_dir(upload_id) / "partial"

    def upload_data(self, upload_id: str) -> Path:
        """Return where the bytes of a complete upload are."""
        return self.upload_dir(upload_id) / "data"

    def job_dir(self, job_id: str) -> Path:
        """Return the directory of a job, the working directory of its FFmpeg."""
        return self.jobs / _checked(job_id)

    def input(self, job_id: str) -> Path:
        """Return the job's own name of its input file."""
        return self.job_dir(job_id) / "input"

    def attempt_dir(self, job_id: str, attempt: str) -> Path:
        """Return the directory in which an attempt's FFmpeg may write."""
        return self.job_dir(job_id) / _checked(attempt)

    def log(self, job_id: str, attempt: str) -> Path:
        """Return the log file of an attempt."""
        return self.job_dir(job_id) / f"{_checked(attempt)}.log"

    def result(self, job_id: str, attempt: str) -> Path:
        """Return the published output of an attempt."""
        return self.job_dir(job_id) / f"{_checked(attempt)}.result"

    def lock(self, holder: str) -> Path:
        """Return the lock that a worker, or a holder of claims, keeps while it lives."""
        return self.run / f"{_checked(holder)}.lock"

    def server_lock(self, server_id: str) -> Path:
        """Return the lock that a server keeps while it serves."""
        return self.run / f"{_checked(server_id)}{SERVER_LOCK}"

    def server_locks(self) -> list[Path]:
        """Return the locks of all servers, some of which may be dead."""
        return list(self.run.glob(f"*{SERVER_LOCK}"))

    def start_upload(self, upload_id: str) -> Path:
        """Make the directory of a new upload and return where its bytes go."""
        self.upload_dir(upload_id).mkdir(mode=0o700)
        return self.upload_partial(upload_id)

    def finish_upload(self, upload_id: str) -> Path:
        """Give the whole upload its final name, durable before any row speaks of it."""
        partial, data = self.upload_partial(upload_id), self.upload_data(upload_id)
        sync(partial)
        partial.replace(data)
        sync(data.parent)
        sync(self.uploads)
        return data

    def share_upload(self, upload_id: str, twin_id: str) -> None:
        """Let an upload that has arrived use the bytes of its twin, which are the same.

        Whatever goes wrong, it has its own: the disk is only fuller.
        """
        partial = self.upload_partial(upload_id)
        link = partial.with_name("link")
        try:
            os.link(self.upload_data(twin_id), link)
            link.replace(partial)
        except OSError:
            link.unlink(missing_ok=True)

    def open_attempt(self, job_id: str, attempt: str, upload_id: str) -> Path:
        """Make the directories of an attempt with its input in place; return the job's directory.

        Raises FileNotFoundError when the upload is gone.
        """
        directory = self.job_dir(job_id)
        directory.mkdir(mode=0o700, exist_ok=True)
        self.attempt_dir(job_id, attempt).mkdir(mode=0o700)
        own = directory / f"{attempt}.input"
        _link(self.upload_data(upload_id), own)
        own.replace(self.input(job_id))
        own.unlink(missing_ok=True)  # replacing a link by a link to the same file leaves both
        return directory

    def publish(self, job_id: str, attempt: str, output: str) -> Path:
        """Rename an attempt's output (its path below the job's directory) into place, durably."""
        result = self.result(job_id, attempt)
        made = self.job_dir(job_id) / output
        sync(made)
        made.replace(result)
        sync(result.parent)
        return result

    def discard_attempt(self, job_id: str, attempt: str, *, result: bool = True) -> None:
        """Remove what an attempt wrote; its log stays. `result=False` keeps the published file."""
        remove_tree(self.attempt_dir(job_id, attempt))
        if result:
            self.result(job_id, attempt).unlink(missing_ok=True)

    def discard_job(self, job_id: str) -> None:
        """Remove all files of a job."""
        remove_tree(self.job_dir(job_id))

    def discard_upload(self, upload_id: str) -> None:
        """Remove all files of an upload."""
        remove_tree(self.upload_dir(upload_id))

    def job_ids(self) -> Iterator[str]:
        """Yield the ids that have a job directory."""
        return _ids(self.jobs)

    def upload_ids(self) -> Iterator[str]:
        """Yield the ids that have an upload directory."""
        return _ids(self.uploads)


def is_id(text: str) -> bool:
    """Whether `text` can be an id of ours."""
    return _ID.fullmatch(text) is not None


def sync(path: Path) -> None:
    """Wait until the file's bytes, or the directory's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_tree(path: Path) -> None:
    """Remove a directory and what is in it; one that is gone already is fine.

    Raises OSError when something in it stays.
    """
    for _ in range(REMOVERS):
        try:
            shutil.rmtree(path)
        except FileNotFoundError:  # another process removes it, too: go on with what is left
            if not path.exists():
                return
        else:
            return
    shutil.rmtree(path)


def _ids(directory: Path) -> Iterator[str]:
    if not directory.is_dir():
        return
    for entry in os.scandir(directory):
        if is_id(entry.name):
            yield entry.name


def _checked(identifier: str) -> str:
    if not is_id(identifier):
        raise ValueError(f"{identifier!r} is no id")
    return identifier


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as exc:
        if exc.errno not in (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        # A file system without hard links: the bytes are copied, which is slow but right.
        shutil.copyfile(source, target)
