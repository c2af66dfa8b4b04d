"""The part of a ledger about inputs that arrive: over HTTP a worker gets whole ones only."""

from ffremote.ledger.values import Claim


class WholeInputs:
    """The answers of a `Ledger` for a worker without the disk on which uploads arrive."""

    def suspend(self, claim: Claim, *, message: str, may_stream: bool) -> bool:
        """Return False: no claim of this worker waits for its input."""
        return False

    def has_arrived(self, claim: Claim) -> bool:
        """Return True: each claim has its inputs."""
        return True

    def is_wanted(self, able: frozenset[str]) -> bool:
        """Return False: no slot of this worker waits for an input."""
        return False
