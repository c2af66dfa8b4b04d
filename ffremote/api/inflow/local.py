"""An upload that is written to a file of this disk, and kept when it is whole."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass

from ffremote.clock import monotonic, utc_now
from ffremote.db.models import Upload
from ffremote.files.background_hash import Hash
from ffremote.host import notify
from ffremote.jobs import pending_uploads, store

from ..context import AppContext
from ..ingest.early_start import EarlyStart
from ..ingest.hashing import sha256_of
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


def look_for_early_start(context: AppContext, upload_id: str) -> None:
    """Let a new job begin at once for which enough of an arriving upload is there."""
    found = early_start(context, upload_id)
    with suppress(FileNotFoundError):  # it is complete
        if found is not None:
            found(context.storage.upload_partial(upload_id).stat().st_size)


def early_start(context: AppContext, upload_id: str) -> EarlyStart | None:
    """Return what wakes workers for the jobs that may begin before the upload is complete.

    With an object store they wait: what arrives there cannot be read yet.
    """
    storage, session = context.storage, context.session
    if context.settings.overlap == "off" or not storage.depot.is_on_this_disk:
        return None

    def begin() -> None:
        pending_uploads.begin_early(session, upload_id)
        notify.notify_all(storage.run)

    return EarlyStart(
        storage.upload_partial(upload_id),
        is_awaited=lambda: pending_uploads.is_awaited_early(session, upload_id),
        begin=begin,
    )


@dataclass(slots=True)
class LocalInflow:
    """The upload's size is recorded from time to time, which renews expiry and reservation."""

    context: AppContext
    upload: Upload
    writer: Writer
    recorded: float = 0.0
    early_start: EarlyStart | None = None

    kept_by = None

    def __post_init__(self) -> None:
        self.recorded = monotonic()
        self.early_start = early_start(self.context, self.upload.id)

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
        """Record the size if it was not recorded for long; let jobs begin that can."""
        if self.early_start is not None:
            self.early_start(size)
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
