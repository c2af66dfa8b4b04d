"""A large block of a response as an out buffer: sent from where it is, copied nowhere."""

BLOCK_BYTES = 64 << 10  # of which a copy costs more than a buffer of its own


class Block:
    """Bytes that waitress sends from the first one on, with the methods of its buffers."""

    def __init__(self, data: bytes) -> None:
        self._rest = memoryview(data)

    def __len__(self) -> int:
        return len(self._rest)

    def get(self, _numbytes: int = -1, _skip: bool = False) -> memoryview:
        """Return all that is left: the socket takes what it can."""
        return self._rest

    def skip(self, numbytes: int, _allow_prune: bool = False) -> None:
        """Leave out bytes that were sent."""
        self._rest = self._rest[numbytes:]

    def close(self) -> None:
        """Let go of the bytes."""
        self._rest = memoryview(b"")
