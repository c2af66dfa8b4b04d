"""What passes between a worker and the registry: a claim, its progress, its result, a worker."""

from dataclasses import dataclass
from typing import Any

from ffremote.files.publication import PublishedFile
from ffremote.states import Phase


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """What a slot asks for: a job for `holder`, held under a `token` that no claim had before.

    `able` has all that a job may need and this worker has: encoders, abilities, labels.
    With `may_wait` the answer may wait for a job, where the registry can do that.
    """

    token: str
    worker_id: str
    holder: str
    able: frozenset[str]
    may_wait: bool = False
    reads_arriving: bool = False
    """Whether the worker may be given a job whose input still arrives on its own disk."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker holds for as long as `token` is in the job's row."""

    job_id: str
    token: str
    attempt: int
    upload_ids: tuple[str, ...]
    spec: str
    arriving_bytes: int | None = None
    """The size of the only input if it still arrives; None if all inputs are complete."""


@dataclass(frozen=True, slots=True)
class ProgressUpdate:
    """What a worker writes twice a second; `progress` is JSON-ready detail for clients."""

    phase: Phase
    percent: int
    progress: dict[str, Any] | None = None
    message: str | None = None
    pid: int | None = None
    pid_started: int | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What is known before FFmpeg starts: its exact command, warnings, the inputs' media facts."""

    command: str
    warnings: list[str]
    info: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """A published output: size in bytes, sha256 in hex, media facts as JSON.

    Of several `files`, `size` is the sum and `sha256` that of the archive of all, None without one.
    A job that makes no file has neither.
    """

    size: int | None
    sha256: str | None
    info: dict[str, Any]
    warnings: tuple[str, ...] = ()
    progress: dict[str, Any] | None = None
    """FFmpeg's last progress: frames, times, bytes."""
    files: tuple[PublishedFile, ...] = ()
    """The files of a job with several, in their order; empty if it has one."""


@dataclass(frozen=True, slots=True)
class NewWorker:
    """A worker as it registers itself."""

    id: str
    concurrency: int
    ffmpeg_version: str
    sandbox: str
    capabilities: dict[str, Any]
    labels: tuple[str, ...] = ()
