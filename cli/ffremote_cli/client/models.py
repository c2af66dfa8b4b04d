"""The server's responses as typed values.

`raw` keeps the JSON of the response, because a newer server may send more keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FINAL_STATES = ("completed", "failed", "canceled")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A job that the server accepted."""

    job_id: str
    state: str
    created_at: str | None
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Accepted":
        """Read the response of `POST /jobs`."""
        return cls(body["job_id"], body.get("state", "queued"), body.get("created_at"), body)


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How much of a job's input the server has received."""

    bytes: int
    bytes_received: int
    percent: int

    @classmethod
    def from_json(cls, body: Mapping[str, Any] | None) -> "UploadProgress | None":
        """Read the `upload` of a status; return None once the upload is complete."""
        if not body:
            return None
        return cls(body["bytes"], body["bytes_received"], body["percent"])


@dataclass(frozen=True, slots=True)
class Status:
    """State and progress of a job."""

    job_id: str
    state: str
    percent: int
    phase: str | None
    queue_position: int | None
    message: str | None
    fps: float | None
    speed: float | None
    eta_seconds: float | None
    attempt: int | None
    created_at: str | None
    started_at: str | None
    finished_at: str | None
    error: Mapping[str, Any] | None
    upload: UploadProgress | None
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def is_final(self) -> bool:
        """Whether the state can no longer change."""
        return self.state in FINAL_STATES

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Status":
        """Read a status, a job or an item of a list: all three have these keys."""
        return cls(
            job_id=body["job_id"],
            state=body["state"],
            percent=int(body.get("progress_percent") or 0),
            phase=body.get("phase"),
            queue_position=body.get("queue_position"),
            message=body.get("message"),
            fps=body.get("fps"),
            speed=body.get("speed"),
            eta_seconds=body.get("eta_seconds"),
            attempt=body.get("attempt"),
            created_at=body.get("created_at"),
            started_at=body.get("started_at"),
            finished_at=body.get("finished_at"),
            error=body.get("error"),
            upload=UploadProgress.from_json(body.get("upload")),
            raw=body,
        )


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of the list of jobs, newest first."""

    items: tuple[Status, ...]
    total: int | None
    next_cursor: str | None
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "JobPage":
        """Read the response of `GET /jobs`."""
        items = tuple(Status.from_json(item) for item in body["items"])
        return cls(items, body.get("total"), body.get("next_cursor"), body)


@dataclass(frozen=True, slots=True)
class JobFile:
    """A file of a completed job, as the server names it; the name may be hostile."""

    name: str
    bytes: int
    sha256: str
    content_type: str
    duration: float | None
    """Seconds, if the server knows them."""

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "JobFile":
        """Read an item of `GET /jobs/ID/files`."""
        return cls(
            name=str(body["name"]),
            bytes=int(body["bytes"]),
            sha256=str(body["sha256"]),
            content_type=str(body.get("content_type") or ""),
            duration=body.get("duration"),
        )


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A downloaded result: complete, and verified by size and sha256."""

    job_id: str
    path: Path
    bytes: int
    sha256: str
