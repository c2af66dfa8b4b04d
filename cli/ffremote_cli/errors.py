"""Every error that a caller of the client can meet.

ClientError
├── Unreachable         no answer, or not in our protocol
│   └── Misdirected     the address is wrong, or its certificate: waiting does not help
├── Refused             the server said no; has its `code`, `details` and HTTP status
├── JobFailed           the job ran and failed; has its `reason`
├── JobCanceled         somebody else canceled the job
├── Stopped             we were told to stop (Ctrl-C)
│   └── NotBegun        before there was anything to stop
├── BatchFailed         some of several inputs failed
├── LocalFileProblem    a file here cannot be read, or may not be written
└── Misused             options that do not fit together
"""

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """The root; `str(error)` is a sentence for the person at the terminal, `hint` what to do."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.in_options: str | None = None
        """The message in the words of the command line, where those differ from the server's."""

    def to_json(self) -> dict[str, Any]:
        """The error as `--json` prints it: in the server's own shape."""
        return {"error": {"code": type(self).__name__, "message": self.message, "details": {}}}


class Unreachable(ClientError):
    """No answer, or one that no ffremote server gives."""


class Misdirected(Unreachable):
    """The address or its certificate is wrong: the same call fails in the same way later."""


class Refused(ClientError):
    """The server answered with an error."""

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
        """Whether the same request may succeed a little later."""
        return self.status in (429, 502, 503, 504)

    def to_json(self) -> dict[str, Any]:
        """The server's own error."""
        return {"error": {"code": self.code, "message": self.message, "details": self.details}}


class JobFailed(ClientError):
    """The job ended as failed."""

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
        """The failed job's error, with its id."""
        error = {"code": "TRANSCODE_FAILED", "message": self.message, "details": self.details}
        return {"job_id": self.job_id, "state": "failed", "error": error}


class JobCanceled(ClientError):
    """The job was canceled, and not by us."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} was canceled by someone else")
        self.job_id = job_id

    def to_json(self) -> dict[str, Any]:
        """The canceled job's error, with its id."""
        error = {"code": "JOB_CANCELED", "message": self.message, "details": {}}
        return {"job_id": self.job_id, "state": "canceled", "error": error}


class Stopped(ClientError):
    """The person asked us to stop; `message` says what became of the job."""


class NotBegun(Stopped):
    """The turn of this one had not come when we were told to stop."""


class BatchFailed(ClientError):
    """Some of several inputs failed; `first` is the first one's error."""

    def __init__(self, message: str, *, first: ClientError) -> None:
        super().__init__(message)
        self.first = first

    def to_json(self) -> dict[str, Any]:
        """How many failed; what is wrong with each was printed before."""
        return {"error": {"code": "BatchFailed", "message": self.message, "details": {}}}


class LocalFileProblem(ClientError):
    """Something about a file on this machine."""


class Misused(ClientError):
    """A combination of options that says nothing, or two things at once."""
