"""Claims the first job that a worker can run: with all its inputs, else one that arrives."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from ffremote.jobs import queue
from ffremote.ledger.needs import ROOM, fits, has_room
from ffremote.ledger.values import Claim, ClaimRequest


class Claiming:
    """Remembers which needs of jobs the worker supports, so that a claim is one statement."""

    def __init__(self, free_bytes: Callable[[], int | None]) -> None:
        """`free_bytes` says how much the worker can store, None for whatever comes."""
        self._free_bytes = free_bytes
        self._supported_needs: frozenset[str] = frozenset({""})

    def claim(self, session: Session, request: ClaimRequest) -> Claim | None:
        """Claim a job; return None if there is none."""
        claim = None
        if queue.has_claimable(session):
            claim = self._claim(session, request) or self._claim_new(session, request)
        if claim is None and request.reads_arriving and queue.has_streamable(session):
            claim = self._claim_arriving(session, request)
        return claim

    def _claim(
        self, session: Session, request: ClaimRequest, *, arriving: bool = False
    ) -> Claim | None:
        return queue.claim_next(
            session,
            worker_id=request.worker_id,
            holder=request.holder,
            needs=self._storable(),
            token=request.token,
            arriving=arriving,
        )

    def _claim_new(self, session: Session, request: ClaimRequest) -> Claim | None:
        """Read the needs of the queued jobs; claim again if this worker supports new ones."""
        if not self._learn(queue.claimable_needs(session), request.able):
            return None
        return self._claim(session, request)

    def _claim_arriving(self, session: Session, request: ClaimRequest) -> Claim | None:
        """Claim a job whose input arrives, if none can be claimed that has all inputs."""
        self._learn(queue.streamable_needs(session), request.able)
        return self._claim(session, request, arriving=True)

    def _storable(self) -> frozenset[str]:
        """Return those of the supported needs for which there is space now."""
        if not any(ROOM in needs for needs in self._supported_needs):
            return self._supported_needs
        free = self._free_bytes()
        return frozenset(needs for needs in self._supported_needs if has_room(needs, free))

    def _learn(self, queued: frozenset[str], able: frozenset[str]) -> bool:
        """Add those needs of queued jobs that this worker supports; return whether any is new."""
        supported = {needs for needs in queued if fits(needs, able)}
        is_new = not supported <= self._supported_needs
        self._supported_needs |= supported
        return is_new
