"""How much of a job's film is here, while it still comes in."""

from dataclasses import asdict, dataclass
from typing import Any

from ffremote.db.models import Job, Upload
from ffremote.jobs import store
from ffremote.states import Phase

from .context import AppContext


@dataclass(frozen=True, slots=True)
class Arriving:
    """An upload that a job waits for."""

    upload_id: str
    bytes: int
    bytes_received: int

    @property
    def percent(self) -> int:
        """Whole percents, rounded down."""
        return self.bytes_received * 100 // max(self.bytes, 1)

    def to_json(self) -> dict[str, Any]:
        """What a status tells of it."""
        return {**asdict(self), "percent": self.percent}


def look(context: AppContext, job: Job) -> Arriving | None:
    """Look how far the upload of a job is; None when the job waits for none."""
    if job.phase is not Phase.UPLOADING:
        return None
    return progress_of(context, job, store.find_upload(context.session, job.upload_id))


def progress_of(context: AppContext, job: Job, upload: Upload) -> Arriving | None:
    """Return how much of a job's input is here; None when the job waits for none."""
    if job.phase is not Phase.UPLOADING:
        return None
    try:  # the row hears of its bytes only once a minute
        received = context.storage.upload_partial(upload.id).stat().st_size
    except FileNotFoundError:  # whole or gone since the job was read
        received = upload.bytes_received
    return Arriving(upload.id, upload.bytes_expected or 0, received)
