"""States, phases and failure reasons of jobs; states of workers."""

from enum import StrEnum


class JobState(StrEnum):
    """The state of a job; each change is one guarded UPDATE in `ffremote.jobs`."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether the state never changes again."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class Phase(StrEnum):
    """The current step of a job that is not final."""

    UPLOADING = "uploading"
    STREAMING = "uploading+transcoding"
    QUEUED = "queued"
    FETCHING = "fetching"
    PROBING = "probing"
    TRANSCODING = "transcoding"
    VERIFYING = "verifying"


class FailureReason(StrEnum):
    """Why a job failed: the `reason` of its error."""

    UNSUPPORTED_INPUT = "unsupported_input"
    CORRUPT_INPUT = "corrupt_input"
    NO_SUCH_STREAM = "no_such_stream"
    ENCODER_UNAVAILABLE = "encoder_unavailable"
    INCOMPATIBLE_CONTAINER = "incompatible_container"
    BAD_FILTER = "bad_filter"
    OUTPUT_TRUNCATED = "output_truncated"
    DISK_FULL = "disk_full"
    RESOURCE_LIMIT = "resource_limit"
    STALLED = "stalled"
    WORK_LIMIT = "work_limit"
    KILLED = "killed"
    WORKER_LOST = "worker_lost"
    INPUT_LOST = "input_lost"
    UPLOAD_ABANDONED = "upload_abandoned"
    UNKNOWN = "unknown"


class WorkerState(StrEnum):
    """The state of a worker, as it last recorded it."""

    UP = "up"
    DRAINING = "draining"
    GONE = "gone"
