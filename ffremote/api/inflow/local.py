"""An upload that is written to a file of this disk, and kept when it is whole."""

import hashlib
from dataclasses import dataclass

from ffremote.clock import monotonic, utc_now
from ffremote.db.models import Upload
from ffremote.jobs import store

from ..context import AppContext
from ..ingest.hashing import Hash, sha256_of
from ..ingest.upload_file import Writer, require_offset
from ..input_roles import head_of

RECORD_SECONDS = 60.0


def renew(context: AppContext, upload: Upload, received: int | None = None) -> None:
    """Renew the expiry of an upload that is in use, and record its size if it is given."""
    store.extend_upload(
        context.session,
        upload.id,
        expires_at=utc_now() + context.settings.upload_ttl,
        received=received,
    )


@dataclass(slots=True)
class LocalInflow:
    """The upload's size is recorded from time to time, which renews expiry and reservation."""

    context: AppContext
    upload: Upload
    writer: Writer
    recorded: float = 0.0

    kept_by = None

    def __post_init__(self) -> None:
        self.recorded = monotonic()

    def require_offset(self, offset: int) -> None:
        """Raise UploadConflict unless the file has this size."""
        require_offset(self.writer, offset)

    def start_hash(self) -> Hash | None:
        """Return the sha256 that an earlier request of this process has left."""
        digest = self.context.digests.pop(self.upload.id, self.writer.size)
        return hashlib.sha256() if self.writer.size == 0 else digest

    def keep_hash(self, digest: Hash | None) -> None:
        """Leave the sha256 to the next request of this process."""
        self.context.digests.store(self.upload.id, self.writer.hashed, digest)

    def written(self, size: int, digest: Hash | None, *, is_certain: bool = True) -> None:
        """Record the size if it was not recorded for long."""
        seconds = min(RECORD_SECONDS, self.context.settings.upload_silence_seconds / 4)
        if monotonic() - self.recorded > seconds:
            self.recorded = monotonic()
            renew(self.context, self.upload, size)

    def make_whole(self, digest: Hash | None) -> None:
        """Do nothing: the file is kept when its row is complete."""

    def head(self) -> bytes:
        """Return the first bytes of the file."""
        return head_of(self.context.storage.upload_partial(self.upload.id))

    def sha256(self) -> str:
        """Read the file."""
        return sha256_of(self.context.storage.upload_partial(self.upload.id))

    def completed(self) -> None:
        """Do nothing: the file was moved."""
