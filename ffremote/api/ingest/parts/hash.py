"""A sha256 that remembers its state at the end of each part, so that a row can name it."""

from pathlib import Path

from ffremote.host import portable_sha256
from ffremote.host.portable_sha256 import PortableSha256

BLOCK_BYTES = 1 << 20


class MarkedHash:
    """The sha256 of the first `hashed` bytes of an upload whose parts have `step` bytes."""

    def __init__(self, digest: PortableSha256, hashed: int, step: int) -> None:
        self._digest = digest
        self.hashed = hashed
        self._step = step
        self._states: dict[int, bytes] = {}

    def update(self, data: bytes | memoryview, /) -> None:
        """Hash further bytes."""
        view = memoryview(data)
        while view:
            block = view[: self._step - self.hashed % self._step]
            self._digest.update(block)
            self.hashed += len(block)
            if self.hashed % self._step == 0:
                self._states[self.hashed] = self._digest.state()
            view = view[len(block) :]

    def read(self, path: Path, stop: int) -> None:
        """Hash the bytes of a file from `hashed` to `stop`."""
        with path.open("rb", buffering=0) as file:
            file.seek(self.hashed)
            while self.hashed < stop:
                block = file.read(min(BLOCK_BYTES, stop - self.hashed))
                if not block:
                    raise EOFError(path)
                self.update(block)

    def digest(self) -> bytes:
        """Return the sha256."""
        return self._digest.digest()

    def hexdigest(self) -> str:
        """Return the sha256 in hex."""
        return self._digest.hexdigest()

    def state_at(self, offset: int) -> bytes | None:
        """Return the state at `offset`, the end of a part or of what is hashed; forget older ones.

        None if it was forgotten.
        """
        found = self._states.get(offset)
        if found is None and offset == self.hashed:
            found = self._digest.state()
        for old in [each for each in self._states if each <= offset]:
            del self._states[old]
        return found


def started(step: int) -> MarkedHash | None:
    """Return the hash of no bytes; None where its state cannot be had."""
    digest = portable_sha256.started()
    return None if digest is None else MarkedHash(digest, 0, step)


def continued(state: bytes | None, hashed: int, step: int) -> MarkedHash | None:
    """Return the hash with this state; None if it is of another kind of machine, or not known."""
    digest = portable_sha256.continued(state)
    return None if digest is None else MarkedHash(digest, hashed, step)
