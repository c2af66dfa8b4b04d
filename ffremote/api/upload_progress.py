"""The progress of a job's uploads, while the job waits for them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ffremote.db.models import Job, Upload, UploadState
from ffremote.jobs import inputs, store
from ffremote.states import Phase

from .context import AppContext

_ARRIVING = (Phase.UPLOADING, Phase.STREAMING)


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """The uploads that a job waits for together: bytes and received bytes of all its inputs.

    `upload_id` is the first one that still arrives.
    """

    upload_id: str
    bytes: int
    bytes_received: int

    @property
    def percent(self) -> int:
        """Received share in percent, rounded down."""
        return self.bytes_received * 100 // max(self.bytes, 1)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON of `upload` in a job's status."""
        return {**asdict(self), "percent": self.percent}


def load(context: AppContext, job: Job) -> UploadProgress | None:
    """Return the progress of a job's uploads, read from the database; None if none is pending."""
    if job.phase not in _ARRIVING:
        return None
    upload_ids = inputs.upload_ids(context.session, job)
    return measure(context, job, store.find_uploads(context.session, upload_ids))


def measure(context: AppContext, job: Job, uploads: Sequence[Upload]) -> UploadProgress | None:
    """Return the progress of `uploads`, the job's inputs; None if the job does not wait for any."""
    if job.phase not in _ARRIVING:
        return None
    distinct = {upload.id: upload for upload in uploads}.values()
    arriving = [upload for upload in distinct if upload.state is UploadState.ARRIVING]
    return UploadProgress(
        (arriving or uploads)[0].id,
        sum(upload.bytes_expected or 0 for upload in distinct),
        sum(received_bytes(context, upload) for upload in distinct),
    )


def received_bytes(context: AppContext, upload: Upload) -> int:
    """Return how many bytes of an upload are stored now: its row is updated once a minute only.

    Where parts go to a bucket the file may be another server's, and rows are written every 2 s.
    """
    if not context.storage.depot.is_on_this_disk:
        return upload.bytes_received
    try:
        return context.storage.upload_partial(upload.id).stat().st_size
    except FileNotFoundError:  # completed or removed, perhaps since the row was read
        return upload.bytes_received
