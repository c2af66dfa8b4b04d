"""What the server says, typed: the client's answers.

Every class keeps the JSON it was made of in `raw`, because a newer server may say more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FINAL_STATES = ("completed", "failed", "canceled")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A job that the server took."""

    job_id: str
    state: str
    created_at: str | None
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Accepted":
        """Read the answer of `POST /jobs`."""
        return cls(said["job_id"], said.get("state", "queued"), said.get("created_at"), said)


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How much of a job's film is on the server."""

    bytes: int
    bytes_received: int
    percent: int

    @classmethod
    def from_json(cls, said: Mapping[str, Any] | None) -> "UploadProgress | None":
        """Read what a status says of its upload; nothing once the film is whole."""
        if not said:
            return None
        return cls(said["bytes"], said["bytes_received"], said["percent"])


@dataclass(frozen=True, slots=True)
class Status:
    """How far a job is."""

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
        """Whether the job will never change again."""
        return self.state in FINAL_STATES

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Status":
        """Read a status, a whole job or an item of a list: they share these keys."""
        return cls(
            job_id=said["job_id"],
            state=said["state"],
            percent=int(said.get("progress_percent") or 0),
            phase=said.get("phase"),
            queue_position=said.get("queue_position"),
            message=said.get("message"),
            fps=said.get("fps"),
            speed=said.get("speed"),
            eta_seconds=said.get("eta_seconds"),
            attempt=said.get("attempt"),
            created_at=said.get("created_at"),
            started_at=said.get("started_at"),
            finished_at=said.get("finished_at"),
            error=said.get("error"),
            upload=UploadProgress.from_json(said.get("upload")),
            raw=said,
        )


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of the list of jobs, newest first."""

    items: tuple[Status, ...]
    total: int | None
    next_cursor: str | None
    raw: Mapping[str, Any] = field(repr=False)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "JobPage":
        """Read the answer of `GET /jobs`."""
        items = tuple(Status.from_json(item) for item in said["items"])
        return cls(items, said.get("total"), said.get("next_cursor"), said)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A result that is on this machine now, whole and checked."""

    job_id: str
    path: Path
    bytes: int
    sha256: str
