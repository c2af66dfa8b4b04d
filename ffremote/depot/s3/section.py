"""A section of a file on this disk as the body of a request: read where it is, copied nowhere."""

import base64
import hashlib
import io
import os
from pathlib import Path
from typing import Any

BLOCK_BYTES = 1 << 20


class Section(io.RawIOBase):
    """The bytes `start` to `stop` (exclusive) of a file, seen as a whole file."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        super().__init__()
        self._file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        self._start, self._length = start, stop - start
        self._place = 0

    def __len__(self) -> int:
        return self._length

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        bases = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._length}
        self._place = bases[whence] + offset
        return self._place

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer).cast("B")
        count = max(0, min(len(view), self._length - self._place))
        done = os.preadv(self._file, [view[:count]], self._start + self._place)
        self._place += done
        return done

    def close(self) -> None:
        if not self.closed:
            os.close(self._file)
        super().close()

    def md5(self, *others: Any) -> str:
        """Return the section's Content-MD5, and give its bytes to other hashes on the way."""
        digest = hashlib.md5(usedforsecurity=False)
        block = bytearray(BLOCK_BYTES)
        view = memoryview(block)
        while count := self.readinto(block):
            for each in (digest, *others):
                each.update(view[:count])
        self.seek(0)
        return base64.b64encode(digest.digest()).decode()
