"""The progress of a job's upload, while the job waits for it."""

from dataclasses import asdict, dataclass
from typing import Any

from ffremote.db.models import Job, Upload
from ffremote.jobs import store
from ffremote.states import Phase

from .context import AppContext


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """An upload that a job waits for, with its received bytes."""

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
    """Return the progress of a job's upload, read from the database; None if none is pending."""
    if job.phase is not Phase.UPLOADING:
        return None
    return measure(context, job, store.find_upload(context.session, job.upload_id))


def measure(context: AppContext, job: Job, upload: Upload) -> UploadProgress | None:
    """Return the progress of `upload`, the job's input; None if the job does not wait for it."""
    if job.phase is not Phase.UPLOADING:
        return None
    try:  # the row's byte count is updated only once a minute
        received = context.storage.upload_partial(upload.id).stat().st_size
    except FileNotFoundError:  # completed or removed since the job was read
        received = upload.bytes_received
    return UploadProgress(upload.id, upload.bytes_expected or 0, received)
