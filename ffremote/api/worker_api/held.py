"""The claim in the path of a request, if the bearer's worker still holds it."""

from ffremote.clock import monotonic
from ffremote.errors import ClaimLost
from ffremote.ids import is_id
from ffremote.jobs import remote_workers
from ffremote.jobs.remote_workers import Standing
from ffremote.ledger.values import Claim

from ..access import guard
from ..access.known_tokens import Bearer
from ..context import AppContext, current

CHECK_SECONDS = 5.0


def bearer() -> Bearer:
    """Return whose token the request has: the guard lets none through without one."""
    found = guard.bearer()
    assert found is not None
    return found


def standing(context: AppContext, job_id: str, token: str) -> Standing:
    """Return what became of a claim of this bearer."""
    if not (is_id(job_id) and is_id(token)):
        return Standing.LOST
    return remote_workers.standing(context.session, job_id, token, bearer().hash)


def require(job_id: str, token: str) -> Claim:
    """Return the claim; raise ClaimLost unless it is held by a worker of this bearer."""
    if standing(current(), job_id, token) is not Standing.HELD:
        raise lost()
    return Claim(job_id, token, 0, (), "")


def lost() -> ClaimLost:
    """Return the error of a claim that is not held any more, or by another."""
    return ClaimLost("No worker of this token holds the job under this claim.")


class Watch:
    """Called with each block of a long body; raise ClaimLost soon after the claim is lost."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._next = monotonic() + CHECK_SECONDS

    def __call__(self, _size: int) -> None:
        if monotonic() > self._next:
            self._next = monotonic() + CHECK_SECONDS
            require(self._claim.job_id, self._claim.token)
