"""The ledger of a worker that reaches the registry through a server's API for workers."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from ffremote import clock
from ffremote.files.job_inputs import KeptInput
from ffremote.files.room import Room
from ffremote.files.storage import Storage
from ffremote.ledger import wire
from ffremote.ledger.protocol import LedgerRefused
from ffremote.ledger.values import (
    Claim,
    ClaimRequest,
    Description,
    NewWorker,
    ProgressUpdate,
    Result,
)
from ffremote.states import FailureReason, WorkerState
from ffremote_cli.errors import Refused

from . import bodies
from .held_claims import HeldClaims, path_of
from .line import Line, ServerAway, away, words
from .log_pieces import LogPieces
from .registration import Registration
from .scratch import Scratch
from .waiting import ClaimWait
from .whole_inputs import WholeInputs

log = logging.getLogger(__name__)

T = TypeVar("T")

SWEEP_SECONDS = 60.0
LOST = (401, 403, 404, 410)  # the claim is another's, or the worker may not end it any more


class HttpLedger(WholeInputs):
    """The calls of one process of a worker; each may be made again without harm."""

    def __init__(
        self,
        line: Line,
        storage: Storage,
        held: HeldClaims,
        *,
        lease_seconds: float,
        reserve_bytes: int,
    ) -> None:
        """Use the disk of `storage` but for `reserve_bytes`."""
        self._room = Room(storage, reserve_bytes)
        self._line = line
        self._storage = storage
        self._held = held
        self._scratch = Scratch(storage)
        self._logs = LogPieces(line, storage)
        self._wait = ClaimWait()
        self._beat_seconds = min(10.0, lease_seconds / 3)
        self._registration = Registration(
            line, beat_seconds=self._beat_seconds, free_bytes=self._room.free_bytes
        )
        self._next_sweep = clock.monotonic() + SWEEP_SECONDS

    def claim(self, request: ClaimRequest) -> Claim | None:
        """Claim the first job that this worker can run, and wait for one as long as it may."""
        wait = self._wait.begin(may_wait=request.may_wait)
        wish = wire.ClaimWish(
            token=request.token,
            worker_id=request.worker_id,
            holder=request.holder,
            able=sorted(request.able),
            free_bytes=self._room.free_bytes(),
            wait_seconds=wait,
        )
        try:
            self._scratch.let_go()
            response = self._line.call(
                "POST", "/claims", body=wish, seconds=wait + self._beat_seconds, waits=True
            )
            found = self._taken(response)
        except (ServerAway, Refused, OSError) as exc:
            self._wait.broke()
            raise away(exc) from exc
        self._wait.answered()
        return found

    def hang_up(self) -> None:
        """End a claim that waits for a job; this process makes no other."""
        self._wait.end()
        self._line.hang_up()

    def held(self, token: str) -> Claim | None:
        """Return the claim with this token if it exists: one whose answer was lost."""
        try:
            return self._taken(self._line.call("GET", f"/claims/{token}"))
        except (ServerAway, Refused, OSError) as exc:
            if isinstance(exc, Refused) and exc.status == 410:
                return None
            self._wait.pause()
            raise away(exc) from exc

    def inputs(self, claim: Claim) -> Sequence[KeptInput]:
        """Return the uploads of the job, which came with the claim."""
        return self._held.inputs(claim)

    def beat(self, claim: Claim, update: ProgressUpdate) -> bool:
        """Write progress and heartbeat, and what is new of the log."""
        body = _made(lambda: bodies.beat(update))
        is_held = self._changed(claim, "beat", body, seconds=self._beat_seconds)
        if is_held:
            self._logs.send_some(claim)
        return is_held

    def describe(self, claim: Claim, description: Description) -> bool:
        """Record the exact command and what the inputs contain, before FFmpeg starts."""
        return self._changed(claim, "describe", _made(lambda: bodies.plan(description)))

    def complete(self, claim: Claim, result: Result) -> bool:
        """End the job as completed with this published result."""
        return self._ended(claim, "complete", _made(lambda: bodies.end(result, self._held.receipt)))

    def fail(
        self, claim: Claim, *, reason: FailureReason, message: str, details: dict[str, Any]
    ) -> bool:
        """End the job as failed."""
        body = _made(lambda: bodies.failed(reason, message, details))
        return self._ended(claim, "fail", body)

    def release(self, claim: Claim, *, message: str) -> bool:
        """Return the job to the queue without counting the attempt."""
        return self._ended(claim, "release", wire.Released(message=bodies.line(message)))

    def is_published(self, claim: Claim) -> bool:
        """Return whether the result of this attempt is the job's result."""
        return self._standing(claim) == "completed"

    def is_over(self, claim: Claim) -> bool:
        """Return whether the job has ended, so that there is no further attempt."""
        return self._standing(claim) in ("completed", "failed", "canceled")

    def forget_process(self, claim: Claim, pid: int) -> None:
        """Do nothing: rows do not name the processes of other hosts."""

    def log_path(self, claim: Claim) -> Path:
        """Return the file from which the log is sent in pieces."""
        return self._storage.log(claim.job_id, claim.token)

    def register(self, worker: NewWorker) -> None:
        """Record a worker that starts; a server that is away is waited for.

        Raise ConfigurationError if it will never take this worker.
        """
        self._registration.begin(worker)

    def record_heartbeat(self, worker_id: str) -> None:
        """Record that the worker is alive now, and hear whether it is to drain."""
        self._registration.beat(worker_id)

    def is_asked_to_drain(self, worker_id: str) -> bool:
        """Return whether a drain was requested when the server last heard of the worker."""
        return self._registration.is_asked_to_drain

    def set_state(self, worker_id: str, state: WorkerState) -> None:
        """Record the state of the worker, and that it is alive now; one that goes tidies up."""
        if state is WorkerState.GONE:
            with suppress(OSError):  # the next start removes the rest
                self._scratch.sweep()
        self._registration.beat(worker_id, state)

    def sweep(self) -> None:
        """Remove what crashed processes of this host left behind; may raise OSError."""
        self._scratch.sweep()

    def rescue_lost(self) -> bool:
        """Return False: the server looks for lost workers. Sweep now and then."""
        if clock.monotonic() >= self._next_sweep:
            self._next_sweep = clock.monotonic() + SWEEP_SECONDS
            self._scratch.sweep()
        return False

    def _taken(self, response: Any) -> Claim | None:
        """Return the claim in an answer, with a hold on its directory; None if there is none."""
        if response.status_code == 204:
            return None
        found = self._line.read(wire.Claimed, response)
        try:
            claim = self._held.put(found)
            self._scratch.hold(found.job_id, found.token)
        except ValueError as exc:  # an id or a sha256 that would be part of a path
            raise ServerAway(f"the server sent a claim that none sends: {exc}") from exc
        return claim

    def _ended(self, claim: Claim, step: str, body: wire.Body) -> bool:
        """End a claim, after the rest of its log."""
        try:
            self._logs.send_rest(claim)
        except ServerAway as exc:
            raise away(exc) from exc
        return self._changed(claim, step, body)

    def _changed(self, claim: Claim, step: str, body: wire.Body, **options: Any) -> bool:
        """Make a call on a claim; return whether it is held."""
        path = f"{path_of(claim.job_id, claim.token)}/{step}"
        try:
            self._line.call("POST", path, body=body, **options)
        except ServerAway as exc:
            raise away(exc) from exc
        except Refused as exc:
            if exc.status not in LOST:
                raise LedgerRefused(words(exc)) from exc
            log.warning("job %s: the server says: %s", claim.job_id, words(exc))
            return False
        return True

    def _standing(self, claim: Claim) -> str:
        path = path_of(claim.job_id, claim.token)
        try:
            return self._line.ask(wire.Standing, "GET", path).state
        except (ServerAway, Refused) as exc:
            raise away(exc) from exc


def _made(make: Callable[[], T]) -> T:
    """Return a body; raise LedgerRefused for values that no server takes."""
    try:
        return make()
    except ValidationError as exc:
        raise LedgerRefused(str(exc)) from exc
