"""An upload whose parts are sent to a bucket behind the file that it is written to."""

import hashlib
from dataclasses import dataclass

from ffremote.db.models import Upload
from ffremote.depot.protocol import Depot, PartsLost
from ffremote.files import first_bytes
from ffremote.files.background_hash import Hash
from ffremote.host.file_system import remove_tree

from ..context import AppContext
from ..ingest.hashing import sha256_of, sha256_of_kept
from ..ingest.parts import hash as part_hash
from ..ingest.parts.hash import MarkedHash
from ..ingest.parts.sender import PartSender
from ..ingest.tus import UploadLocked
from ..ingest.upload_file import Writer, require_offset
from ..input_roles import head_of


@dataclass(frozen=True, slots=True)
class PartsInflow:
    """One that is not larger than a part is kept when it is whole, as on a disk."""

    context: AppContext
    upload: Upload
    writer: Writer
    sender: PartSender

    def require_offset(self, offset: int) -> None:
        """Raise UploadConflict unless `offset` is the file's size, or what the bucket has of it.

        Another server, which does not have the file, may have told the client the latter.
        The bytes behind it are dropped, but not while they are sent. Raise UploadLocked then.
        """
        if offset == self.sender.transit.stop < self.writer.size:
            if not self.sender.is_new:
                raise UploadLocked("Bytes behind this offset are being stored; ask for it again.")
            self.writer.truncate(offset)
        require_offset(self.writer, offset)

    def start_hash(self) -> Hash | None:
        """Return the sha256 that an earlier request has left, here or in a row."""
        size, transit = self.writer.size, self.sender.transit
        found = self.context.digests.pop(self.upload.id, size)
        if isinstance(found, MarkedHash):
            return found
        known = (*transit.parts, *transit.pieces)
        if known:
            last = known[-1]
            marks = part_hash.continued(last.hash_state, last.stop, transit.part_bytes)
        else:
            marks = part_hash.started(transit.part_bytes)
        if marks is None:
            return hashlib.sha256() if size == 0 else found
        marks.read(self.context.storage.upload_partial(self.upload.id), size)
        return marks

    def keep_hash(self, digest: Hash | None) -> None:
        """Leave the sha256 to the next request of this process; the rows have it too."""
        self.context.digests.store(self.upload.id, self.writer.hashed, digest)

    def written(self, size: int, digest: Hash | None, *, is_certain: bool = True) -> None:
        """Let the sender know, and wait while too much is not sent."""
        if is_certain:
            self.sender.advance_to(size, _marks(digest))

    def make_whole(self, digest: Hash | None) -> None:
        """Send the last part and make an object of all."""
        if self._is_small:
            self.sender.finish()
            return
        transit = self.sender.transit
        self.sender.advance_to(self.writer.size, _marks(digest), is_last=True)
        self.sender.finish()
        etags = [part.etag or "" for part in transit.parts]
        route = transit.route
        try:
            route.in_parts.complete(route.key, transit.multipart or "", etags, size=route.size)
        except PartsLost:
            transit.start_over()
            raise

    def head(self) -> bytes:
        """Return the first bytes of the file, or of the object."""
        if self._is_small:
            return head_of(self.sender.transit.route.spool)
        route = self.sender.transit.route
        return route.depot.open(route.key, 0, first_bytes.SNIFF_BYTES).read()

    def sha256(self) -> str:
        """Read the file, or the object: no row has a state that this machine can continue."""
        route = self.sender.transit.route
        return sha256_of(route.spool) if self._is_small else sha256_of_kept(route.depot, route.key)

    @property
    def kept_by(self) -> Depot | None:
        """The bucket, unless the upload is small."""
        return None if self._is_small else self.sender.transit.route.depot

    def completed(self) -> None:
        """Remove the file and the pieces."""
        transit = self.sender.transit
        transit.remove(piece.object for piece in transit.pieces if piece.object)
        remove_tree(transit.route.spool.parent)

    @property
    def _is_small(self) -> bool:
        transit = self.sender.transit
        return not transit.parts and transit.route.size <= transit.part_bytes


def _marks(digest: Hash | None) -> MarkedHash | None:
    return digest if isinstance(digest, MarkedHash) else None
