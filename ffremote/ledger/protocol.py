"""The protocol between a worker and the registry, and how a registry says that it cannot answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from ffremote.errors import FfremoteError
from ffremote.files.job_inputs import KeptInput
from ffremote.states import FailureReason, WorkerState

from .values import Claim, ClaimRequest, Description, NewWorker, ProgressUpdate, Result

HEARTBEAT_SECONDS = 5.0  # a worker records that often that it is alive


class LedgerAway(FfremoteError):
    """The registry did not answer; whether it did what was asked is not known. Ask again."""


class LedgerFull(LedgerAway):
    """The registry cannot write because this host's disk is full."""


class LedgerRefused(FfremoteError):
    """The registry cannot store a value that it was given: asked again, it refuses again."""


class Ledger(Protocol):
    """The registry as a worker sees it; every method may raise LedgerAway or LedgerRefused.

    What a method changes of a job names the claim's token and may be asked again without harm. It
    returns False when the claim was lost: the job was canceled, rescued, or has ended.
    """

    def claim(self, request: ClaimRequest) -> Claim | None:
        """Claim the first job that this worker can run; return None if there is none.

        After LedgerAway the claim may exist: ask `held`, and use the token again.
        """

    def hang_up(self) -> None:
        """Let a `claim` that waits for a job end soon with LedgerAway; called in another thread."""

    def held(self, token: str) -> Claim | None:
        """Return the claim with this token if it exists: one whose answer was lost."""

    def inputs(self, claim: Claim) -> Sequence[KeptInput]:
        """Return the uploads of the job: asked where they are not on this host's disk."""

    def beat(self, claim: Claim, update: ProgressUpdate) -> bool:
        """Write progress and heartbeat."""

    def describe(self, claim: Claim, description: Description) -> bool:
        """Record the exact command and what the inputs contain, before FFmpeg starts."""

    def complete(self, claim: Claim, result: Result) -> bool:
        """End the job as completed with this published result."""

    def fail(
        self, claim: Claim, *, reason: FailureReason, message: str, details: dict[str, Any]
    ) -> bool:
        """End the job as failed."""

    def release(self, claim: Claim, *, message: str) -> bool:
        """Return the job to the queue without counting the attempt."""

    def suspend(self, claim: Claim, *, message: str, may_stream: bool) -> bool:
        """Return a job whose input arrives to the queue, without counting the attempt.

        With `may_stream` it may be read again while its input arrives, else it waits for all of it.
        """

    def has_arrived(self, claim: Claim) -> bool:
        """Return whether the inputs of the job are complete, their checksums verified."""

    def is_wanted(self, able: frozenset[str]) -> bool:
        """Return whether a job waits, with all of its inputs, for a worker with these abilities."""

    def is_published(self, claim: Claim) -> bool:
        """Return whether the result of this attempt is the job's result."""

    def is_over(self, claim: Claim) -> bool:
        """Return whether the job has ended, so that there is no further attempt."""

    def forget_process(self, claim: Claim, pid: int) -> None:
        """Record that an FFmpeg process that lost its claim has ended."""

    def log_path(self, claim: Claim) -> Path:
        """Return the file for the attempt's command and messages, from which clients read them."""

    def register(self, worker: NewWorker) -> None:
        """Record a worker that starts on this host."""

    def record_heartbeat(self, worker_id: str) -> None:
        """Record that the worker is alive now."""

    def is_asked_to_drain(self, worker_id: str) -> bool:
        """Return whether a drain of the worker was requested."""

    def set_state(self, worker_id: str, state: WorkerState) -> None:
        """Record the state of the worker, and that it is alive now."""

    def sweep(self) -> None:
        """Remove what crashed processes of this host left behind; may raise OSError."""

    def rescue_lost(self) -> bool:
        """Return the jobs of lost workers to the queue; return whether there were any.

        Called about twice a second, so that silence can be measured; may raise OSError.
        """
