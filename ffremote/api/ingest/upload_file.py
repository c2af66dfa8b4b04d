"""Appends to an upload's file: one writer at a time, and every received byte is kept."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ffremote.errors import UploadConflict
from ffremote.files.arriving import spool
from ffremote.files.background_hash import BackgroundHash, Hash
from ffremote.files.first_bytes import SNIFF_BYTES

from .request_body import Readable, blocks, write_all
from .tus import Checksum, UploadLocked
from .writeback import Writeback


class Unlinked(ConnectionError):
    """The upload was removed while it was being received."""


@dataclass(slots=True)
class Writer:
    """An upload's file, opened and locked; `hashed` is the number of bytes its hash covers."""

    descriptor: int
    size: int
    path: Path
    hashed: int = 0

    def append(
        self,
        stream: Readable,
        *,
        length: int,
        checksum: Checksum | None,
        digest: Hash | None,
        check_head: Callable[[bytes], None],
        on_progress: Callable[[int], None],
    ) -> None:
        """Write exactly `length` bytes of `stream`; call `on_progress` with the size per block.

        Raises Unlinked if any process removes the file meanwhile.
        If the client disconnects, received bytes are kept, unless they have a checksum, which
        cannot be verified then, or `check_head` refused the first ones.
        """
        start = self.hashed = self.size
        chunk_digest = None if checksum is None else checksum.start()
        if checksum is None:
            spool.unmark(self.path)  # a mark is that of a crash
        else:
            spool.mark_unverified(self.path, start)
        try:
            with ExitStack() as stack:
                hashes = [
                    stack.enter_context(BackgroundHash(each))
                    for each in (digest, chunk_digest)
                    if each is not None
                ]
                self._write_blocks(blocks(stream, length), hashes, check_head, on_progress)
            if checksum is not None and chunk_digest is not None:
                checksum.require(chunk_digest)
                spool.unmark(self.path)
        except BaseException:
            self.size = os.fstat(self.descriptor).st_size  # a full disk may accept part of a block
            if checksum is not None:
                self.truncate(start)
                spool.unmark(self.path)
            raise

    def _write_blocks(
        self,
        blocks_read: Iterator[bytes | memoryview],
        hashes: list[BackgroundHash],
        check_head: Callable[[bytes], None],
        on_progress: Callable[[int], None],
    ) -> None:
        writeback = Writeback(self.descriptor, self.size)
        for block in blocks_read:
            if self.size == 0 and len(block) >= SNIFF_BYTES:
                check_head(bytes(block[:SNIFF_BYTES]))
            self._write(block, hashes)
            writeback.advance_to(self.size)
            on_progress(self.size)

    def _write(self, block: bytes | memoryview, hashes: list[BackgroundHash]) -> None:
        if os.fstat(self.descriptor).st_nlink == 0:
            raise Unlinked("the upload was removed")
        write_all(lambda rest: os.write(self.descriptor, rest), block)
        self.size += len(block)
        for each in hashes:
            each.update(block)
        self.hashed += len(block)

    def truncate(self, size: int) -> None:
        """Cut the file to `size` bytes."""
        os.ftruncate(self.descriptor, size)
        self.size = size


@contextmanager
def exclusive_writer(path: Path) -> Iterator[Writer]:
    """Open and lock an upload's file for its only writer.

    Raises UploadLocked if it is locked already, FileNotFoundError if the upload is completed or
    removed. The kernel releases the lock with the process, however that ends.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise UploadLocked(
                "Another request is writing to this upload; request its offset again in a moment."
            ) from exc
        status = os.fstat(descriptor)
        if not path.exists() or status.st_ino != path.stat().st_ino:
            raise FileNotFoundError(path)  # completed between `open` and `flock`
        yield Writer(descriptor, status.st_size, path)
    finally:
        os.close(descriptor)


def require_offset(writer: Writer, offset: int) -> None:
    """Raise UploadConflict unless `offset` is the current size of the file."""
    if offset != writer.size:
        raise UploadConflict(
            f"The upload has {writer.size} bytes, so it cannot resume at {offset}.",
            offset=writer.size,
        )
