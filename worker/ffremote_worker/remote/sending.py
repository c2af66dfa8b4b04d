"""A result to the server: in pieces, each from the byte on that has arrived."""

import hashlib
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from ffremote import clock
from ffremote_cli.errors import Refused

from .line import Line, ServerAway
from .rate import SharedRate
from .tries import Tries

ANSWER_SECONDS = 120.0
FIRST_BYTES = 1 << 20  # what proxies take without a word in their configuration
SMALLEST_BYTES = 64 << 10
LARGEST_BYTES = 64 << 20
QUICK_SECONDS, SLOW_SECONDS = 3.0, 20.0  # pieces grow below, and shrink above
AN_OFFSET = re.compile(r"[0-9]{1,15}")


class _AlreadyPublished(Exception):
    """The server has published the results, and takes no more bytes."""


class _Piece:
    """A section of a file as the body of a request; all bytes that are read first are hashed."""

    def __init__(self, file: "_HashedFile", start: int, length: int, rate: SharedRate) -> None:
        self._file = file
        self._position = start
        self._left = length
        self._length = length
        self._rate = rate

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """Return the next block, none at the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._file.read(self._position, min(wanted, self._rate.block))
        self._rate.wait(len(block))
        self._position += len(block)
        self._left -= len(block)
        return block


class _HashedFile:
    """A file that is read from any offset, and hashed in order meanwhile."""

    def __init__(self, file: Any, size: int) -> None:
        self._file = file
        self.size = size
        self._hashed = 0
        self._digest = hashlib.sha256()

    def read(self, offset: int, count: int) -> bytes:
        self._file.seek(offset)
        block: bytes = self._file.read(count)
        if offset == self._hashed:
            self._digest.update(block)
            self._hashed += len(block)
        return block

    def sha256(self) -> str:
        """Return the sha256 of all bytes; what was not read in order is read now."""
        while self._hashed < self.size and self.read(self._hashed, FIRST_BYTES):
            pass
        return self._digest.hexdigest()


class Sender:
    """Sends files of one attempt; the size of its pieces fits what is between here and there."""

    def __init__(self, line: Line, rate: SharedRate, *, seconds: float) -> None:
        self._line = line
        self._rate = rate
        self._seconds = seconds
        self._piece_bytes = FIRST_BYTES
        self._limit = LARGEST_BYTES

    def send(self, path: Path, url: str) -> tuple[int, str]:
        """Send a file; return its size and sha256.

        Raise ServerAway, Refused, OSError.
        """
        with path.open("rb") as opened:
            opened.seek(0, 2)
            file = _HashedFile(opened, opened.tell())
            with suppress(_AlreadyPublished):  # it has checked all bytes, so they have arrived
                self._send(file, url)
            return file.size, file.sha256()

    def _send(self, file: _HashedFile, url: str) -> None:
        tries = Tries(self._seconds)
        offset: int | None = 0
        while True:
            try:
                if offset is None:
                    offset = self._arrived(url)
                else:
                    offset = self._send_piece(file, url, offset)
                    tries.succeed()
                if offset is not None and offset >= file.size:
                    return
            except ServerAway as exc:
                tries.pause(exc)
                offset = None

    def _send_piece(self, file: _HashedFile, url: str, offset: int) -> int | None:
        """Send a piece; return how many bytes the server has then, None to ask for it."""
        length = min(self._piece_bytes, file.size - offset)
        headers = {
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        body: Any = _Piece(file, offset, length, self._rate) if length else b""
        began = clock.monotonic()
        try:
            self._line.call("PATCH", url, data=body, headers=headers, seconds=ANSWER_SECONDS)
        except Refused as exc:
            return self._after(exc, length)
        self._fit(clock.monotonic() - began, length)
        return offset + length

    def _after(self, exc: Refused, length: int) -> int | None:
        """Return the offset that the server has instead; None to ask for it. Else raise."""
        if exc.code == "UPLOAD_CONFLICT":
            found = exc.details.get("offset")
            if not isinstance(found, int):
                raise _AlreadyPublished from exc
            return found
        is_of_proxy = exc.status == 413 and "max_bytes" not in exc.details
        if not is_of_proxy or length <= SMALLEST_BYTES:
            raise exc
        self._limit = self._piece_bytes = max(SMALLEST_BYTES, length // 2)
        return None

    def _fit(self, seconds: float, length: int) -> None:
        if seconds > SLOW_SECONDS:
            self._piece_bytes = max(SMALLEST_BYTES, self._piece_bytes // 2)
        elif seconds < QUICK_SECONDS and length == self._piece_bytes:
            self._piece_bytes = min(self._limit, 2 * self._piece_bytes)

    def _arrived(self, url: str) -> int:
        """Return how many bytes the server has. A refusal of HEAD has no body with the reason."""
        response = self._line.call("HEAD", url, accept=range(400, 500))
        if response.status_code >= 400:
            raise Refused("the claim is lost", code="CLAIM_LOST", status=response.status_code)
        text = response.headers.get("Upload-Offset", "")
        if not AN_OFFSET.fullmatch(text):
            raise ServerAway("the server sent no valid Upload-Offset for a result")
        return int(text)
