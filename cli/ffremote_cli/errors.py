"""The errors that the client raises.

ClientError
├── Unreachable         no response, or not from an ffremote server
│   └── Misdirected     wrong address or certificate: a retry does not help
├── Refused             an error response, with its `code`, `details` and HTTP status
├── JobFailed           the job failed, with the server's `details`
├── JobCanceled         another client canceled the job
├── Stopped             stopped by the caller (Ctrl-C)
│   └── NotBegun        stopped before the work began
├── BatchFailed         some of several inputs failed
├── LocalFileProblem    a local file cannot be read or must not be written
└── Misused             options that contradict each other
"""

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """The base class; `str(error)` is a sentence for the user, `hint` is what to do next."""

    code = "CLIENT_ERROR"
    """What `--json` prints, in the style of the server's codes."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.in_options: str | None = None
        """The message with option names in place of job keys; None if they are the same."""

    def to_json(self) -> dict[str, Any]:
        """Return the error as `--json` prints it, in the shape of the server's errors."""
        return {"error": {"code": self.code, "message": self.message, "details": {}}}


class Unreachable(ClientError):
    """There is no response, or one that no ffremote server sends."""

    code = "UNREACHABLE"


class Misdirected(Unreachable):
    """The address or its certificate is wrong, so a retry fails in the same way."""

    code = "WRONG_SERVER"


class Refused(ClientError):
    """The server responded with an error."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int,
        details: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.status = status
        self.details = dict(details or {})
        self.retry_after = retry_after

    @property
    def is_passing(self) -> bool:
        """Whether the error is temporary: the same request may succeed later."""
        return self.status in (429, 502, 503, 504)

    def to_json(self) -> dict[str, Any]:
        """Return the server's error."""
        return {"error": {"code": self.code, "message": self.message, "details": self.details}}


class JobFailed(ClientError):
    """The job failed."""

    code = "TRANSCODE_FAILED"

    def __init__(
        self,
        message: str,
        *,
        job_id: str,
        details: Mapping[str, Any] | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.job_id = job_id
        self.details = dict(details or {})

    def to_json(self) -> dict[str, Any]:
        """Return the job's error, with its id."""
        error = {"code": self.code, "message": self.message, "details": self.details}
        return {"job_id": self.job_id, "state": "failed", "error": error}


class JobCanceled(ClientError):
    """The job was canceled by another client."""

    code = "JOB_CANCELED"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} was canceled by another client")
        self.job_id = job_id

    def to_json(self) -> dict[str, Any]:
        """Return an error for the canceled job, with its id."""
        error = {"code": self.code, "message": self.message, "details": {}}
        return {"job_id": self.job_id, "state": "canceled", "error": error}


class Stopped(ClientError):
    """The caller stopped the work; `message` says what happened to the job."""

    code = "STOPPED"


class NotBegun(Stopped):
    """The work was stopped before this item began."""

    code = "NOT_STARTED"


class BatchFailed(ClientError):
    """Some of several inputs failed; `first` is the first error."""

    code = "BATCH_FAILED"

    def __init__(self, message: str, *, first: ClientError) -> None:
        super().__init__(message)
        self.first = first

    def to_json(self) -> dict[str, Any]:
        """Return the number of failures; the single errors are printed before."""
        return {"error": {"code": self.code, "message": self.message, "details": {}}}


class LocalFileProblem(ClientError):
    """A local file cannot be read, or must not be written."""

    code = "LOCAL_FILE"


class Misused(ClientError):
    """The options are incomplete or contradict each other."""

    code = "USAGE"
