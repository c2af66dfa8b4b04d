"""The ledger of a worker that has the registry's database and its files: the functions of `jobs`.

Every error of the database is a LedgerAway, of whatever kind: after a failover a server may be
read-only, a pooler may lose statements. Only values that it refuses are a LedgerRefused.
"""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from ffremote import clock
from ffremote.db import bell, database
from ffremote.depot import keys
from ffremote.files.job_inputs import KeptInput
from ffremote.files.storage import Storage
from ffremote.host import notify
from ffremote.jobs import claims, inputs, orphans, queue, rescues, workers
from ffremote.ledger.needs import fits
from ffremote.ledger.protocol import LedgerAway, LedgerFull, LedgerRefused
from ffremote.ledger.values import (
    Claim,
    ClaimRequest,
    Description,
    NewWorker,
    ProgressUpdate,
    Result,
)
from ffremote.states import FailureReason, WorkerState

from .claiming import Claiming
from .enrollment import free_bytes_of, worker_row
from .log_rows import LogRows
from .rescuer import Rescuer


class SqlLedger:
    """The functions of `ffremote.jobs`, bound to a database and the data directory."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        storage: Storage,
        *,
        lease_seconds: float,
        reserve_bytes: int = 0,
    ) -> None:
        self._sessions = sessions
        self._free_bytes = free_bytes_of(storage, reserve_bytes)
        self._storage = storage
        self._lease_seconds = lease_seconds
        self._is_on_this_disk = sessions.kw["bind"].dialect.name == "sqlite"
        self._rescuer = Rescuer(storage, lease_seconds)
        self._logs = LogRows(storage)
        self._claiming = Claiming(self._free_bytes)

    def claim(self, request: ClaimRequest) -> Claim | None:
        """Claim the first job that this worker can run; return None if there is none."""
        try:
            with self._session() as session:
                return self._claiming.claim(session, request)
        except LedgerRefused as exc:  # the token is unique: an earlier claim was stored after all
            raise LedgerAway(str(exc)) from exc

    def hang_up(self) -> None:
        """Do nothing: a claim does not wait for a job."""

    def held(self, token: str) -> Claim | None:
        """Return the claim with this token if it exists: one whose answer was lost."""
        with self._session() as session:
            return queue.find_claim(session, token)

    def inputs(self, claim: Claim) -> Sequence[KeptInput]:
        """Return the uploads of the job."""
        with self._session() as session:
            return inputs.kept(session, claim.upload_ids)

    def beat(self, claim: Claim, update: ProgressUpdate) -> bool:
        """Write progress and heartbeat."""
        with self._session() as session:
            is_held = claims.report(session, claim, update)
            if is_held:
                self._logs.follow(session, claim)
            return is_held

    def describe(self, claim: Claim, description: Description) -> bool:
        """Record the exact command and what the inputs contain, before FFmpeg starts."""
        with self._session() as session:
            return claims.record_plan(
                session,
                claim,
                command=description.command,
                warnings=description.warnings,
                info=description.info,
            )

    def complete(self, claim: Claim, result: Result) -> bool:
        """End the job as completed with this published result."""
        with self._ending(claim) as session:
            name = self._storage.object_of(keys.of_result(claim.job_id, claim.token, result.files))
            return claims.complete(session, claim, result, result_object=name)

    def fail(
        self, claim: Claim, *, reason: FailureReason, message: str, details: dict[str, Any]
    ) -> bool:
        """End the job as failed."""
        with self._ending(claim) as session:
            return claims.fail(session, claim, reason=reason, message=message, details=details)

    def release(self, claim: Claim, *, message: str) -> bool:
        """Return the job to the queue without counting the attempt."""
        with self._ending(claim) as session:
            return claims.release(session, claim, message=message)

    def suspend(self, claim: Claim, *, message: str, may_stream: bool) -> bool:
        """Return a job whose input arrives to the queue, without counting the attempt."""
        with self._ending(claim) as session:
            return claims.suspend(session, claim, message=message, may_stream=may_stream)

    def has_arrived(self, claim: Claim) -> bool:
        """Return whether the inputs of the job are complete, their checksums verified."""
        with self._session() as session:
            return claims.has_arrived(session, claim)

    def is_wanted(self, able: frozenset[str]) -> bool:
        """Return whether a job waits, with all of its inputs, for a worker with these abilities."""
        with self._session() as session:
            queued = queue.claimable_needs(session)
        return any(fits(needs, able) for needs in queued)

    def is_published(self, claim: Claim) -> bool:
        """Return whether the result of this attempt is the job's result."""
        with self._session() as session:
            return claims.is_published(session, claim)

    def is_over(self, claim: Claim) -> bool:
        """Return whether the job has ended, so that there is no further attempt."""
        with self._session() as session:
            return claims.is_over(session, claim)

    def forget_process(self, claim: Claim, pid: int) -> None:
        """Record that an FFmpeg process that lost its claim has ended."""
        with self._session() as session:
            rescues.forget_process(session, claim.job_id, pid)

    def log_path(self, claim: Claim) -> Path:
        """Return the file for the attempt's command and messages, which the API sends."""
        return self._storage.log(claim.job_id, claim.token)

    def register(self, worker: NewWorker) -> None:
        """Record a worker that starts on this host."""
        with self._session() as session:
            row = worker_row(worker, self._rescuer.place, self._free_bytes())
            workers.register(session, row)
        bell.start(self._sessions.kw["bind"], self._storage.run)

    def record_heartbeat(self, worker_id: str) -> None:
        """Record that the worker is alive now."""
        with self._session() as session:
            workers.record_heartbeat(session, worker_id, self._free_bytes())

    def is_asked_to_drain(self, worker_id: str) -> bool:
        """Return whether a drain of the worker was requested."""
        with self._session() as session:
            return workers.is_asked_to_drain(session, worker_id)

    def set_state(self, worker_id: str, state: WorkerState) -> None:
        """Record the state of the worker, and that it is alive now."""
        with self._session() as session:
            workers.set_state(session, worker_id, state)

    def sweep(self) -> None:
        """Remove what crashed processes of this host left behind; may raise OSError."""
        with self._session() as session:
            rescues.forget_earlier_boots(session, socket.gethostname())
            orphans.sweep(session, self._storage)

    def forget_silence(self) -> None:
        """Count the silence of holders from now on: until now they could not be heard."""
        self._rescuer.forget()

    def rescue_lost(self) -> bool:
        """Return the jobs of lost workers to the queue and wake the workers."""
        with self._session() as session:
            requeued = self._rescuer.rescue_lost(session)
        if requeued:
            notify.notify_all(self._storage.run)
        return bool(requeued)

    @contextmanager
    def _ending(self, claim: Claim) -> Iterator[Session]:
        """Yield a session in which a claim ends, with its log in front of it."""
        with self._session() as session:
            self._logs.finish(session, claim)
            yield session
        self._logs.forget(claim)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """Yield a session; raise LedgerAway or LedgerRefused for an error of the database.

        Silence counts only while the database answers: what it could not write, or took long for,
        its holders could not write either.
        """
        started = clock.monotonic()
        try:
            with self._sessions() as session:
                yield session
        except (DataError, IntegrityError) as exc:
            raise LedgerRefused(str(exc.orig)) from exc
        except (DBAPIError, PoolTimeout) as exc:
            self._rescuer.forget()
            raise self._away(exc) from exc
        if clock.monotonic() - started > self._lease_seconds / 4:
            self._rescuer.forget()

    def _away(self, exc: DBAPIError | PoolTimeout) -> LedgerAway:
        if isinstance(exc, PoolTimeout):
            return LedgerAway(str(exc))
        is_full = self._is_on_this_disk and database.is_full(exc)
        return (LedgerFull if is_full else LedgerAway)(str(exc.orig))
