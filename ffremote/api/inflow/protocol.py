"""What a request does with the upload that it writes to, wherever whole files are."""

from typing import Protocol

from ffremote.depot.protocol import Depot
from ffremote.files.background_hash import Hash

from ..ingest.upload_file import Writer


class Inflow(Protocol):
    """An upload that one request writes to; `writer` has its file on this disk."""

    @property
    def writer(self) -> Writer:
        """The file."""

    def require_offset(self, offset: int) -> None:
        """Raise UploadConflict unless the next byte is at `offset`."""

    def start_hash(self) -> Hash | None:
        """Return the sha256 of the bytes that are there; None if it is not known."""

    def keep_hash(self, digest: Hash | None) -> None:
        """Keep the sha256 of the bytes that are there for the next request."""

    def written(self, size: int, digest: Hash | None, *, is_certain: bool = True) -> None:
        """Take note of the size; bytes that are not certain may yet be discarded."""

    def make_whole(self, digest: Hash | None) -> None:
        """Bring the upload, of which all bytes are there, to where whole files are, if need be."""

    def head(self) -> bytes:
        """Return its first bytes."""

    def sha256(self) -> str:
        """Return its sha256 in hex by reading all of it."""

    @property
    def kept_by(self) -> Depot | None:
        """Where it is after `make_whole`; None if it is still the file on this disk."""

    def completed(self) -> None:
        """Remove what is of no use since the row is complete."""
