"""The life of a job: its states, its phases and the reasons why it fails."""

from enum import StrEnum


class JobState(StrEnum):
    """What a job is; changed only by one guarded UPDATE in `registry` or `claims`."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_final(self) -> bool:
        """Whether the job will never change again."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class Phase(StrEnum):
    """What is being done for a job that is not final."""

    UPLOADING = "uploading"
    QUEUED = "queued"
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
    UPLOAD_ABANDONED = "upload_abandoned"
    UNKNOWN = "unknown"
