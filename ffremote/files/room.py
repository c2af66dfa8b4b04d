"""How much a worker can store that does not share the disk of the files that it is given."""

from .storage import Storage


class Room:
    """The space of one worker's disk but for `reserve_bytes`; cached inputs make room."""

    def __init__(self, storage: Storage, reserve_bytes: int) -> None:
        self._storage = storage
        self._reserve_bytes = reserve_bytes

    def free_bytes(self) -> int | None:
        """Return the bytes that it can store now, None while its disk is away."""
        try:
            free = self._storage.free_bytes() + self._storage.inputs.removable_bytes()
        except OSError:
            return None
        return max(0, free - self._reserve_bytes)
