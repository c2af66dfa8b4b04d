"""Bytes added to an upload's file: one writer at a time, every byte kept that arrived."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ffremote.errors import UploadConflict
from ffremote.jobs.admission import SNIFF_BYTES

from .hashing import BackgroundHash, Hash
from .request_body import Readable, blocks, write_all
from .tus import Checksum, UploadLocked
from .writeback import Writeback


class Unlinked(ConnectionError):
    """The upload was removed while its bytes came in."""


@dataclass(slots=True)
class Writer:
    """An open upload file that nobody else writes to; `hashed` is how far its hash has come."""

    descriptor: int
    size: int
    hashed: int = 0

    def append(
        self,
        stream: Readable,
        *,
        length: int,
        checksum: Checksum | None,
        digest: Hash | None,
        see_head: Callable[[bytes], None],
        beat: Callable[[int], None],
    ) -> None:
        """Write exactly `length` bytes of `stream`; `beat` gets the size with each block.

        Raises Unlinked when the file is removed meanwhile, by whatever process.
        Bytes that arrived stay when the client vanishes, unless a checksum should have vouched
        for them or `see_head` refused the first ones.
        """
        start = self.hashed = self.size
        piece = None if checksum is None else checksum.start()
        try:
            with ExitStack() as stack:
                hashes = [
                    stack.enter_context(BackgroundHash(each))
                    for each in (digest, piece)
                    if each is not None
                ]
                self._take(blocks(stream, length), hashes, see_head, beat)
            if checksum is not None and piece is not None:
                checksum.require(piece)
        except BaseException:
            self.size = os.fstat(self.descriptor).st_size  # a full disk takes parts of blocks
            if checksum is not None:
                self.cut(start)
            raise

    def _take(
        self,
        arriving: Iterator[bytes | memoryview],
        hashes: list[BackgroundHash],
        see_head: Callable[[bytes], None],
        beat: Callable[[int], None],
    ) -> None:
        writeback = Writeback(self.descriptor, self.size)
        for block in arriving:
            if self.size == 0 and len(block) >= SNIFF_BYTES:
                see_head(bytes(block[:SNIFF_BYTES]))
            self._write(block, hashes)
            writeback.reach(self.size)
            beat(self.size)

    def _write(self, block: bytes | memoryview, hashes: list[BackgroundHash]) -> None:
        if os.fstat(self.descriptor).st_nlink == 0:
            raise Unlinked("the upload was removed")
        write_all(lambda rest: os.write(self.descriptor, rest), block)
        self.size += len(block)
        for each in hashes:
            each.update(block)
        self.hashed += len(block)

    def cut(self, size: int) -> None:
        """Forget what was written behind `size`."""
        os.ftruncate(self.descriptor, size)
        self.size = size


@contextmanager
def writing_to(path: Path) -> Iterator[Writer]:
    """Open an upload's file for its only writer.

    Raises UploadLocked when there is another one, FileNotFoundError when the upload is whole or
    gone. The lock ends with the process, however that ends.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise UploadLocked(
                "Another request is writing to this upload; ask for its offset again in a moment."
            ) from exc
        found = os.fstat(descriptor)
        if not path.exists() or found.st_ino != path.stat().st_ino:
            raise FileNotFoundError(path)  # finished between our open and our lock
        yield Writer(descriptor, found.st_size)
    finally:
        os.close(descriptor)


def require_offset(writer: Writer, offset: int) -> None:
    """Raise UploadConflict unless the client means the place where the file ends."""
    if offset != writer.size:
        raise UploadConflict(
            f"The upload has {writer.size} bytes, so it cannot go on at {offset}.",
            offset=writer.size,
        )
