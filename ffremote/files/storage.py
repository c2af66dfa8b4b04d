"""The scratch of a host, by id: where files arrive and are made, until the depot keeps them.

    uploads/{upload}/partial           an upload while it arrives
    jobs/{job}/input                   the upload's data, fetched from the depot, read by FFmpeg
    jobs/{job}/inputs/{number}/input   instead of it, each of several inputs in its own directory
    jobs/{job}/{attempt}/              the only directory that the attempt's FFmpeg may write to
    jobs/{job}/{attempt}.log           its command and messages
    jobs/{job}/{attempt}.publishing/   several outputs, while they are checked and hashed
    run/                               lock files and listener sockets of live processes
    cache/                             files that can be recreated
    ballast                            removed when the disk is full

Whole files are in the depot, by the keys of `ffremote.depot.keys`; a `LocalDepot` has them in the
same directories. Every id is checked before it becomes part of a path.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from ffremote.depot import keys
from ffremote.depot.local import LocalDepot
from ffremote.depot.protocol import Depot, DepotAway, Described, FileLost, Kept
from ffremote.host.file_system import remove_tree
from ffremote.ids import checked, is_id

from .input_cache import InputCache
from .job_inputs import InputLost, KeptInput, input_names

SERVER_LOCK = ".server.lock"


class Storage:
    """The data directory `root`, which `prepare` creates, and the depot of its whole files.

    Without a `depot` it is the one in the same directory. `scratch_bytes` is the size of the cache
    of inputs that come from another one.
    """

    def __init__(
        self, root: Path, depot: Depot | None = None, *, scratch_bytes: int | None = None
    ) -> None:
        self._prepared = False
        self.root = root.resolve()
        self.jobs = self.root / "jobs"
        self.uploads = self.root / "uploads"
        self.run = self.root / "run"
        self.cache = self.root / "cache"
        self.ballast = self.root / "ballast"
        self.inputs = InputCache(self.cache / "inputs", scratch_bytes)
        self.local = LocalDepot(self.root, self.cache)
        self.depot: Depot = depot or self.local

    def prepare_once(self) -> None:
        """Create the directories unless this object has created them already."""
        if not self._prepared:
            self.prepare()

    def prepare(self) -> None:
        """Create the directories, accessible to their owner only."""
        self._prepared = True
        for path in (self.root, self.jobs, self.uploads, self.run, self.cache):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

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
        return self.uploads / checked(upload_id)

    def upload_partial(self, upload_id: str) -> Path:
        """Return the path to which the bytes of an arriving upload are written."""
        return self.upload_dir(upload_id) / "partial"

    def job_dir(self, job_id: str) -> Path:
        """Return the directory of a job, the working directory of its FFmpeg."""
        return self.jobs / checked(job_id)

    def input(self, job_id: str) -> Path:
        """Return the job's own only input file."""
        return self.job_dir(job_id) / input_names(1)[0]

    def attempt_dir(self, job_id: str, attempt: str) -> Path:
        """Return the directory that an attempt's FFmpeg may write to."""
        return self.job_dir(job_id) / checked(attempt)

    def log(self, job_id: str, attempt: str) -> Path:
        """Return the log file of an attempt."""
        return self.job_dir(job_id) / f"{checked(attempt)}.log"

    def publishing_dir(self, job_id: str, attempt: str) -> Path:
        """Return the directory of several outputs until the depot keeps all of them."""
        return self.job_dir(job_id) / f"{checked(attempt)}.publishing"

    def lock(self, holder: str) -> Path:
        """Return the lock file of a worker or of a holder of claims."""
        return self.run / f"{checked(holder)}.lock"

    def server_lock(self, server_id: str) -> Path:
        """Return the lock file of a server."""
        return self.run / f"{checked(server_id)}{SERVER_LOCK}"

    def server_locks(self) -> list[Path]:
        """Return the lock files of all servers, dead ones included."""
        return list(self.run.glob(f"*{SERVER_LOCK}"))

    def start_upload(self, upload_id: str) -> Path:
        """Create the directory of a new upload; return the path for its bytes."""
        self.upload_dir(upload_id).mkdir(mode=0o700)
        return self.upload_partial(upload_id)

    def finish_upload(self, upload_id: str, *, sha256: str) -> None:
        """Keep a received upload in the depot, before any row refers to it."""
        self.depot.keep(self.upload_partial(upload_id), keys.upload(upload_id), sha256=sha256)

    def object_of(self, key: str, kept_by: Depot | None = None) -> str | None:
        """Return how rows name what is kept now: by its key, None if it is on this disk."""
        return None if (kept_by or self.depot).is_on_this_disk else key

    def holding(self, name: str | None) -> Depot:
        """Return the depot of a file by the name that its row has, one of `object_of`.

        Raise DepotAway for a file in an object store that this program does not know.
        """
        if self.depot.has(name):
            return self.depot
        if name is None:
            return self.local
        raise DepotAway("The file is in an object store; FFREMOTE_STORAGE_URL does not say where.")

    def share_upload(self, upload_id: str, identical_id: str) -> None:
        """Let a received upload use the space of another one with identical bytes, if possible."""
        self.depot.share(keys.upload(identical_id), self.upload_partial(upload_id))

    def open_attempt(
        self,
        job_id: str,
        attempt: str,
        upload_ids: Sequence[str],
        *,
        kept: Mapping[str, KeptInput] = MappingProxyType({}),
        go_on: Callable[[], bool] = lambda: True,
    ) -> Path:
        """Create the directories of an attempt and fetch its inputs; return the job's directory.

        What is known of the inputs that are not on this disk is in `kept`, by upload. Raise
        InputLost, DepotAway; end with DepotAway when `go_on` returns False.
        """
        directory = self.job_dir(job_id)
        directory.mkdir(mode=0o700, exist_ok=True)
        self.attempt_dir(job_id, attempt).mkdir(mode=0o700)
        link = directory / f"{attempt}.input"
        for position, name in enumerate(input_names(len(upload_ids))):
            path = directory / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self._fetch(upload_ids[position], kept, link, go_on)
            except FileNotFoundError as exc:
                field = "input" if len(upload_ids) == 1 else f"inputs[{position}]"
                raise InputLost(field, is_certain=isinstance(exc, FileLost)) from exc
            link.replace(path)
            link.unlink(missing_ok=True)  # rename() does nothing between links to the same file
        return directory

    def _fetch(
        self, upload_id: str, kept: Mapping[str, KeptInput], link: Path, go_on: Callable[[], bool]
    ) -> None:
        key, known = keys.upload(upload_id), kept.get(upload_id)
        depot = self.depot if known is None else self.holding(known.object)
        if known is None or depot is self.local:
            depot.fetch(key, link)
            return

        def fetch(path: Path) -> None:
            depot.fetch(key, path, sha256=known.sha256, go_on=go_on)

        self.inputs.link(known.sha256, known.bytes, link, fetch=fetch)

    def publish(self, job_id: str, attempt: str, output: str, *, sha256: str | None = None) -> Kept:
        """Keep `output`, a path relative to the job's directory, as the result of the attempt."""
        key = keys.result(job_id, attempt)
        return self.depot.keep(self.job_dir(job_id) / output, key, sha256=sha256)

    def publish_all(self, job_id: str, attempt: str, files: Sequence[Described]) -> None:
        """Keep the files in `publishing_dir` as the results of the attempt, all or none."""
        folder = self.publishing_dir(job_id, attempt)
        self.depot.keep_all(folder, keys.files_folder(job_id, attempt), files)

    def discard_attempt(self, job_id: str, attempt: str, *, result: bool = True) -> None:
        """Remove the files of an attempt but its log; `result=False` keeps what is published."""
        remove_tree(self.attempt_dir(job_id, attempt))
        if result:
            remove_tree(self.publishing_dir(job_id, attempt))
            self.depot.remove_all(keys.files_folder(job_id, attempt))
            self.depot.remove(keys.result(job_id, attempt))

    def discard_inputs(self, job_id: str) -> None:
        """Remove a job's links to its inputs, which no attempt needs any more."""
        (self.job_dir(job_id) / "input").unlink(missing_ok=True)
        remove_tree(self.job_dir(job_id) / "inputs")

    def check(self) -> None:
        """Raise DepotAway if no file can be received, or kept."""
        if not self.depot.is_on_this_disk:
            self.local.check()
        self.depot.check()

    def discard_job(self, job_id: str) -> None:
        """Remove all files of a job."""
        self.depot.remove_all(keys.job_folder(job_id))
        remove_tree(self.job_dir(job_id))

    def discard_upload(self, upload_id: str) -> None:
        """Remove all files of an upload."""
        self.depot.remove_all(keys.upload_folder(upload_id))
        remove_tree(self.upload_dir(upload_id))

    def is_in_scratch(self, key: str) -> bool:
        """Return whether a whole file is, or its upload's directory, on this host's disk."""
        path = self.root / key
        return path.exists() or (path.is_relative_to(self.uploads) and path.parent.exists())

    def job_ids(self) -> Iterator[str]:
        """Yield the ids of all job directories."""
        return _ids(self.jobs)

    def upload_ids(self) -> Iterator[str]:
        """Yield the ids of all upload directories."""
        return _ids(self.uploads)


def _ids(directory: Path) -> Iterator[str]:
    if not directory.is_dir():
        return
    for entry in os.scandir(directory):
        if is_id(entry.name):
            yield entry.name
