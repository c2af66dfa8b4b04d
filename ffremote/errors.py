"""All errors that the core raises to its callers.

FfremoteError
├── ConfigurationError          a wrong setting; programs exit with it
├── DatabaseNotReady            not migrated, or newer than this code
│   └── DatabaseUnusable        cannot be read: locked, read-only, damaged …
└── RequestError                has a stable `code`; the API maps it to a status
    ├── InvalidArgument         + details.field
    ├── Unauthorized, Forbidden
    ├── NotFound                (NOT_FOUND) ├── JobNotFound ├── UploadNotFound └── NoResult
    ├── Conflict                ├── JobNotReady ├── JobFinished ├── JobCanceled
    │                           ├── IdempotencyConflict ├── UploadConflict └── TooManyFiles
    ├── ClaimLost, ResultExpired, FileTooLarge, UnsupportedMediaType, TranscodeFailed
    └── QueueFull, InsufficientStorage, ServiceUnavailable
"""

from typing import Any, ClassVar


class FfremoteError(Exception):
    """The base class of all errors of ffremote."""


class ConfigurationError(FfremoteError):
    """An environment variable or a configuration file has a wrong value."""


class DatabaseNotReady(FfremoteError):
    """The database lacks the schema that this code needs; the message has the command to run."""


class DatabaseUnusable(DatabaseNotReady):
    """The database cannot be read; `reason` says why and what to do, without server paths."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason} ({detail})")
        self.reason = reason


class RequestError(FfremoteError):
    """A request that cannot be fulfilled; `str(error)` is a message for the client.

    `details` is JSON-ready and part of the response; it contains no secrets and no server paths.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"

    # Positional only: stored details may contain a `message` or a `field` of their own.
    def __init__(self, message: str, /, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidArgument(RequestError):
    """An invalid value; `field` is its dotted path, such as `video.codec`."""

    code = "INVALID_ARGUMENT"

    def __init__(self, field: str, message: str, /, **details: Any) -> None:
        super().__init__(message, **details | {"field": field})
        self.field = field


class Unauthorized(RequestError):
    """A missing or unknown token."""

    code = "UNAUTHORIZED"


class Forbidden(RequestError):
    """A Host or Origin header that is not allowed."""

    code = "FORBIDDEN"


class NotFound(RequestError):
    """The requested resource does not exist."""

    code = "NOT_FOUND"


class JobNotFound(NotFound):
    """No job has this id."""

    code = "JOB_NOT_FOUND"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no job {job_id!r}.", job_id=job_id)


class UploadNotFound(NotFound):
    """No upload has this id."""

    code = "UPLOAD_NOT_FOUND"

    def __init__(self, upload_id: str) -> None:
        super().__init__(f"There is no upload {upload_id!r}.", upload_id=upload_id)


class NoResult(NotFound):
    """The job has completed and makes no file."""

    code = "NO_RESULT"


class Conflict(RequestError):
    """The resource exists, but its state does not allow the request."""


class JobNotReady(Conflict):
    """The job is not completed yet."""

    code = "JOB_NOT_READY"


class JobFinished(Conflict):
    """The job has completed or failed and can no longer be canceled."""

    code = "JOB_FINISHED"


class JobCanceled(Conflict):
    """The job was canceled and has no result."""

    code = "JOB_CANCELED"


class TooManyFiles(Conflict):
    """The job has more files than one archive takes."""

    code = "TOO_MANY_FILES"


class IdempotencyConflict(Conflict):
    """The idempotency key was used for a different request."""

    code = "IDEMPOTENCY_CONFLICT"


class UploadConflict(Conflict):
    """The upload has another offset or state than the request expects."""

    code = "UPLOAD_CONFLICT"


class ClaimLost(RequestError):
    """The worker of the request does not hold the job, or no longer."""

    code = "CLAIM_LOST"


class ResultExpired(RequestError):
    """The files of the job have expired."""

    code = "RESULT_EXPIRED"


class FileTooLarge(RequestError):
    """The file is larger than the server accepts."""

    code = "FILE_TOO_LARGE"


class UnsupportedMediaType(RequestError):
    """The body has a wrong type, or the file is not media."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class TranscodeFailed(RequestError):
    """The job failed; `details` has the reason."""

    code = "TRANSCODE_FAILED"


class QueueFull(RequestError):
    """The queue is at its limit."""

    code = "QUEUE_FULL"


class InsufficientStorage(RequestError):
    """The disk has not enough free space; `details` has the numbers in bytes."""

    code = "INSUFFICIENT_STORAGE"


class ServiceUnavailable(RequestError):
    """A temporary failure; the request can be retried."""

    code = "SERVICE_UNAVAILABLE"
