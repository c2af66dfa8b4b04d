"""Publishes several files of an attempt together or not at all.

Each is moved out of the directory that FFmpeg could write to, checked there, hashed and synced; one
rename of their directory then publishes all. A crash before it leaves a directory that a sweep
removes.
"""

import hashlib
import os
import stat
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol, Self
from unicodedata import normalize

from pydantic import TypeAdapter, ValidationError

from ffremote.host.file_system import sync
from ffremote.spec.types import Filename

from .storage import Storage
from .zip_layout import Member, directory

BLOCK = 1 << 20
IN_MEMORY = 8 << 20  # a file up to this size is read once, a larger one twice
SYNC_THREADS = 16  # they share the commits of the file system: 2,000 syncs in 0.2 s, else 1.2 s
PENDING = 4  # files that wait for the digest of the archive
MAX_ARCHIVED = 2000  # more files than that are not offered as one archive
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NAME: TypeAdapter[str] = TypeAdapter(Filename)


class UnexpectedFile(Exception):
    """An attempt left something that must not be published; the message names it."""


@dataclass(frozen=True, slots=True)
class ProducedFile:
    """A file that an attempt made; `path` is relative to the job's directory."""

    path: str
    name: str
    """The name for users: a plain file name, which no other file of the job has in any case."""
    content_type: str
    duration: float | None = None
    """Seconds, if the file is media that lasts."""


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file of a job, in the order in which they were published."""

    name: str
    bytes: int
    sha256: str
    crc32: int
    content_type: str
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """Published files, and the sha256 of the archive of all; None if they are too many for one."""

    files: tuple[PublishedFile, ...]
    archive_sha256: str | None

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(each.bytes for each in self.files)


def publish_files(
    storage: Storage, job_id: str, attempt: str, produced: Sequence[ProducedFile]
) -> Publication:
    """Publish the files of an attempt under their positions in `produced`.

    After DepotAway it may be called again. Raise UnexpectedFile for a name that is no file name or
    that two have, and for anything but a regular file with one link.
    """
    _refuse_names([each.name for each in produced])
    folder = storage.publishing_dir(job_id, attempt)
    folder.mkdir(mode=0o700, exist_ok=True)
    _take(storage.job_dir(job_id), produced, folder)
    paths = [folder / str(position) for position in range(len(produced))]
    with ThreadPoolExecutor(SYNC_THREADS) as pool:
        syncs = [pool.submit(sync, path) for path in paths]
        publication = _measure(paths, produced)
        for each in syncs:
            each.result()
    sync(folder)
    storage.publish_all(job_id, attempt, publication.files)
    return publication


def _refuse_names(names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        try:
            _NAME.validate_python(name)
        except ValidationError as exc:
            raise UnexpectedFile(f"{name[:300]!r} is no file name.") from exc
        folded = normalize("NFC", name).casefold()  # as a file system may compare them
        if folded in seen:
            raise UnexpectedFile(f"Two files have the name {name!r}.")
        seen.add(folded)


def _take(root: Path, produced: Sequence[ProducedFile], folder: Path) -> None:
    """Move the files to `folder`, where nothing can replace them any more, and check them there."""
    with ExitStack() as opened:
        parents: dict[PurePosixPath, int] = {}
        for position, each in enumerate(produced):
            path, target = PurePosixPath(each.path), folder / str(position)
            if path.parent not in parents:
                parents[path.parent] = _open_folder(root, path.parent, opened)
            try:
                if not os.path.lexists(target):  # else an earlier call took it
                    os.rename(path.name, target, src_dir_fd=parents[path.parent])
                found = target.lstat()
            except OSError as exc:
                raise UnexpectedFile(f"{each.name!r} is not there: {exc.strerror}.") from exc
            if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                raise UnexpectedFile(f"{each.name!r} is not a regular file with one link.")


def _open_folder(root: Path, path: PurePosixPath, opened: ExitStack) -> int:
    """Open a directory below `root`; a link in its path is not followed."""
    descriptor = os.open(root, _FOLDER)
    opened.callback(os.close, descriptor)
    for name in path.parts:
        try:
            descriptor = os.open(name, _FOLDER, dir_fd=descriptor)
        except OSError as exc:
            raise UnexpectedFile(f"{name!r} is no directory: {exc.strerror}.") from exc
        opened.callback(os.close, descriptor)
    return descriptor


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...


def _measure(paths: Sequence[Path], produced: Sequence[ProducedFile]) -> Publication:
    """Return size and digests of each file, and the digest of the archive of all."""
    files: list[PublishedFile] = []
    with _ArchiveDigest() as archive:
        for path, each in zip(paths, produced, strict=True):
            sha256 = hashlib.sha256()
            size, crc, kept = _read(path, sha256)
            if len(paths) <= MAX_ARCHIVED:
                archive.add(Member(each.name, size, crc), path, kept)
            files.append(
                PublishedFile(
                    each.name, size, sha256.hexdigest(), crc, each.content_type, each.duration
                )
            )
        digest = archive.hexdigest() if len(paths) <= MAX_ARCHIVED else None
    return Publication(tuple(files), digest)


class _ArchiveDigest:
    """Hashes the archive of all files in a thread of its own, while the next file is read.

    Its members come in their order; what is not yet hashed is a few files.
    """

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._members: list[Member] = []
        self._thread = ThreadPoolExecutor(1)
        self._pending: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def add(self, member: Member, path: Path, kept: bytes | None) -> None:
        """Add a file; `kept` are its bytes if they are few."""
        self._members.append(member)
        if len(self._pending) == PENDING:
            self._pending.popleft().result()
        self._pending.append(self._thread.submit(self._hash, member, path, kept))

    def hexdigest(self) -> str:
        """Return the digest of the archive of all files that were added."""
        for each in self._pending:
            each.result()
        self._sha256.update(directory(self._members))
        return self._sha256.hexdigest()

    def _hash(self, member: Member, path: Path, kept: bytes | None) -> None:
        self._sha256.update(member.header)
        if kept is None:
            _each_block(path, self._sha256.update)
        else:
            self._sha256.update(kept)


def _read(path: Path, sha256: _Digest) -> tuple[int, int, bytes | None]:
    """Return size and CRC of a file, and its bytes if they are few."""
    size, crc, kept = 0, 0, [b""]

    def add(block: bytes) -> None:
        nonlocal size, crc
        size += len(block)
        crc = zlib.crc32(block, crc)
        sha256.update(block)
        if size <= IN_MEMORY:
            kept.append(block)

    _each_block(path, add)
    return size, crc, b"".join(kept) if size <= IN_MEMORY else None


def _each_block(path: Path, add: Callable[[bytes], None]) -> None:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            add(block)
