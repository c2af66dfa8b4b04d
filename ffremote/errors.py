"""Every error that a caller of the core can meet.

FfremoteError
├── ConfigurationError          a wrong environment; programs stop with it
├── DatabaseNotReady            not migrated, or newer than this code
│   └── DatabaseUnusable        locked, read-only, damaged …: it cannot be read
└── RequestError                has a contract `code`; the API maps it to a status
    ├── InvalidArgument         + details.field
    ├── Unauthorized, Forbidden
    ├── NotFound                (NOT_FOUND) ├── JobNotFound └── UploadNotFound
    ├── Conflict                ├── JobNotReady ├── JobFinished ├── JobCanceled
    │                           ├── IdempotencyConflict └── UploadConflict
    ├── ResultExpired, FileTooLarge, UnsupportedMediaType, TranscodeFailed
    └── QueueFull, InsufficientStorage, ServiceUnavailable
"""

from typing import Any, ClassVar


class FfremoteError(Exception):
    """The root of all errors that we raise on purpose."""


class ConfigurationError(FfremoteError):
    """An environment variable or a file of the operator holds a wrong value."""


class DatabaseNotReady(FfremoteError):
    """The database has not the schema that this code needs; the message has the command to run."""


class DatabaseUnusable(DatabaseNotReady):
    """The database cannot be read; `reason` says why and what to do, and names no place."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason} ({detail})")
        self.reason = reason


class RequestError(FfremoteError):
    """A request that cannot be done; `str(error)` is a sentence for the person who asked.

    `details` is JSON-ready and goes out with the answer; it holds no secret and no server path.
    """

    code: ClassVar[str] = "INTERNAL_ERROR"

    # Positional only: stored details may hold a `message` or a `field` of their own.
    def __init__(self, message: str, /, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class InvalidArgument(RequestError):
    """A value that we refuse; `field` is its dotted path, such as `video.codec`."""

    code = "INVALID_ARGUMENT"

    def __init__(self, field: str, message: str, /, **details: Any) -> None:
        super().__init__(message, **details | {"field": field})
        self.field = field


class Unauthorized(RequestError):
    """No token, or not one of ours."""

    code = "UNAUTHORIZED"


class Forbidden(RequestError):
    """A Host or Origin that may not drive this server."""

    code = "FORBIDDEN"


class NotFound(RequestError):
    """No such thing."""

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


class Conflict(RequestError):
    """The thing is there, but not in a state for this."""


class JobNotReady(Conflict):
    """The job is not completed yet."""

    code = "JOB_NOT_READY"


class JobFinished(Conflict):
    """The job completed or failed, so it cannot be canceled."""

    code = "JOB_FINISHED"


class JobCanceled(Conflict):
    """The job was canceled, so there is no result."""

    code = "JOB_CANCELED"


class IdempotencyConflict(Conflict):
    """The key was used for another request."""

    code = "IDEMPOTENCY_CONFLICT"


class UploadConflict(Conflict):
    """The upload is not where the request thinks it is."""

    code = "UPLOAD_CONFLICT"


class ResultExpired(RequestError):
    """The files of the job were cleaned up."""

    code = "RESULT_EXPIRED"


class FileTooLarge(RequestError):
    """More bytes than the server takes."""

    code = "FILE_TOO_LARGE"


class UnsupportedMediaType(RequestError):
    """The body has a wrong type, or the file is plainly no media."""

    code = "UNSUPPORTED_MEDIA_TYPE"


class TranscodeFailed(RequestError):
    """The job failed; `details` has the reason."""

    code = "TRANSCODE_FAILED"


class QueueFull(RequestError):
    """As many jobs wait as the operator allows."""

    code = "QUEUE_FULL"


class InsufficientStorage(RequestError):
    """The disk has no room; `details` has the numbers in bytes."""

    code = "INSUFFICIENT_STORAGE"


class ServiceUnavailable(RequestError):
    """Not now; trying again helps."""

    code = "SERVICE_UNAVAILABLE"
