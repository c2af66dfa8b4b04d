"""Objects read in order: a range as it comes from the server, taken up again where it broke."""

import logging
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError

from .bucket import Bucket
from .errors import away, translated

log = logging.getLogger(__name__)

BLOCK_BYTES = 1 << 20
RETRIES = 5  # in a row, without a byte between them


class S3Part:
    """The bytes `start` to `stop` (exclusive) of an object; the first answer is there once made."""

    def __init__(self, bucket: Bucket, key: str, start: int, stop: int) -> None:
        self._bucket, self._key = bucket, key
        self._place, self._stop = start, stop
        self._body: Any = None
        if start < stop:
            self._body = self._ask()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, all without it; none at the end. May raise DepotAway."""
        count = max(0, self._stop - self._place)
        if 0 <= size < count:
            count = size
        blocks: list[bytes] = []
        while count:
            block = self._read_some(min(count, BLOCK_BYTES))
            if not block:
                break
            blocks.append(block)
            count -= len(block)
        return blocks[0] if len(blocks) == 1 else b"".join(blocks)

    def seek(self, offset: int, /) -> int:
        """Go to an offset of the file; another one than the current needs a request of its own."""
        if offset != self._place:
            self._drop()
            self._place = offset
        return offset

    def tell(self) -> int:
        """Return the current offset."""
        return self._place

    def fileno(self) -> int:
        """Raise OSError: the bytes are on no disk of this host."""
        raise OSError("an object has no descriptor")

    def blocks(self) -> Iterator[bytes]:
        """Yield the remaining bytes, then close."""
        try:
            while block := self.read(BLOCK_BYTES):
                yield block
        finally:
            self.close()

    def close(self) -> None:
        """Give up the connection, which cannot be used again before its last byte."""
        self._drop()

    def _read_some(self, count: int) -> bytes:
        """Return some bytes; ask again from the current offset when the connection breaks."""
        failure: Exception = EOFError()
        for _ in range(RETRIES):
            try:
                if self._body is None:
                    self._body = self._ask()
                block: bytes = self._body.read(count)
            except FileNotFoundError:
                raise
            except (BotoCoreError, OSError) as exc:
                log.info("an object is read on after %s", type(exc).__name__)
                failure = exc
                self._drop()
                continue
            self._place += len(block)
            return block
        raise away(failure)

    def _ask(self) -> Any:
        asked = f"bytes={self._place}-{self._stop - 1}"
        with translated(self._key):
            answer = self._bucket.client.get_object(**self._bucket.name(self._key), Range=asked)
        return answer["Body"]

    def _drop(self) -> None:
        if self._body is not None:
            self._body.close()
            self._body = None
