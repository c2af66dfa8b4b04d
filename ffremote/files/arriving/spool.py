"""The bytes of an upload that arrives, for a reader beside the server that writes them."""

import os
from pathlib import Path, PurePosixPath

from ffremote.depot import keys
from ffremote.host.closeable import Closeable

from ..storage import Storage

MARK = "unverified"
"""Beside the bytes: a file with the offset from which on they may be taken back."""


class Spool(Closeable):
    """An arriving upload, opened for reading; `size` are the bytes that it will have.

    What was opened stays readable when the upload is completed, which renames it.
    """

    def __init__(self, storage: Storage, upload_id: str, size: int) -> None:
        """Open the file; raise FileNotFoundError if it is not on this disk."""
        self.size = size
        partial = storage.upload_partial(upload_id)
        self._mark = partial.with_name(MARK)
        try:
            self._descriptor = os.open(partial, os.O_RDONLY)
        except FileNotFoundError:  # it is complete, or not here
            whole = partial.with_name(PurePosixPath(keys.upload(upload_id)).name)
            self._descriptor = os.open(whole, os.O_RDONLY)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def ready(self) -> int:
        """Return how many bytes are there for good.

        The mark is set before bytes are written that a wrong checksum would take back, and is
        removed after that; so what was there before the look at it and is there behind it stays.
        """
        before = os.fstat(self._descriptor).st_size
        try:
            verified = int(self._mark.read_text("ascii"))
        except FileNotFoundError:
            verified = before
        return min(before, verified, os.fstat(self._descriptor).st_size)


def mark_unverified(partial: Path, offset: int) -> None:
    """Record that bytes from `offset` on may be taken back; the text is written whole."""
    temporary = partial.with_name(f"{MARK}.new")
    temporary.write_text(str(offset), "ascii")
    temporary.replace(partial.with_name(MARK))


def unmark(partial: Path) -> None:
    """Record that all bytes that are there stay."""
    partial.with_name(MARK).unlink(missing_ok=True)


def link_arrived(storage: Storage, job_id: str, attempt: str, upload_id: str) -> None:
    """Link an upload that is complete now as the only input of a job."""
    link = storage.log(job_id, attempt).with_suffix(".input")
    storage.depot.fetch(keys.upload(upload_id), link)
    link.replace(storage.input(job_id))
    link.unlink(missing_ok=True)  # rename() does nothing between links to the same file
