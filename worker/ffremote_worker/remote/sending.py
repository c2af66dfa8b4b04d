"""A result to the server: in pieces, each from the byte on that has arrived."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ffremote import clock
from ffremote_cli.errors import Refused

from .hashed_file import HashedFile, Piece
from .line import Line, ServerAway
from .rate import SharedRate
from .tries import Tries

ANSWER_SECONDS = 120.0
FIRST_BYTES = 8 << 20  # what most networks take within a second
SMALLEST_BYTES = 64 << 10
LARGEST_BYTES = 64 << 20
STEP = 4  # by which pieces grow and shrink
QUICK_SECONDS, SLOW_SECONDS = 3.0, 20.0  # pieces grow below, and shrink above
SET_BACK = 3  # how often a server may have less of a file than was said before
AN_OFFSET = re.compile(r"[0-9]{1,15}")


class _AlreadyPublished(Exception):
    """The server has published the results, and takes no more bytes."""


class Sender:
    """Sends files, also from several threads; the size of its pieces fits the way between."""

    def __init__(self, line: Line, rate: SharedRate, *, seconds: float) -> None:
        self._line = line
        self._rate = rate
        self._seconds = seconds
        self._piece_bytes = FIRST_BYTES
        self._limit = LARGEST_BYTES

    def send(self, path: Path, url: str, *, sha256: str | None = None) -> tuple[int, str]:
        """Send a file; return its size and sha256, which is computed if it is not known.

        Raise ServerAway, Refused, OSError.
        """
        with path.open("rb", buffering=0) as opened, HashedFile(opened, sha256) as file:
            with suppress(_AlreadyPublished):  # it has checked all bytes, so they have arrived
                self._send(file, url)
            return file.size, file.sha256()

    def _send(self, file: HashedFile, url: str) -> None:
        tries, arrived = Tries(self._seconds), _Arrived(file.size)
        while not arrived.is_all:
            try:
                if arrived.offset is None:
                    arrived.found(self._arrived(url))
                else:
                    self._send_piece(file, url, arrived)
                    tries.succeed()
            except ServerAway as exc:
                tries.pause(exc)
                arrived.offset = None

    def _send_piece(self, file: HashedFile, url: str, arrived: "_Arrived") -> None:
        """Send a piece from the offset that has arrived on, and record what the server has then."""
        offset = arrived.offset or 0
        length = min(self._piece_bytes, file.size - offset)
        headers = {
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
        }
        body: Any = Piece(file, offset, length, self._rate) if length else b""
        began = clock.monotonic()
        try:
            with self._smaller_after_break(length):
                self._line.call("PATCH", url, data=body, headers=headers, seconds=ANSWER_SECONDS)
        except Refused as exc:
            arrived.found(self._after(exc, length), why=exc)
            return
        self._fit(clock.monotonic() - began, length)
        arrived.took(offset + length)

    @contextmanager
    def _smaller_after_break(self, length: int) -> Iterator[None]:
        """Let the next piece be smaller when one breaks: some proxies just hang up there."""
        try:
            yield
        except ServerAway as exc:
            if not exc.is_busy:
                self._piece_bytes = max(SMALLEST_BYTES, length // STEP)
            raise

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
            self._piece_bytes = max(SMALLEST_BYTES, self._piece_bytes // STEP)
        elif seconds < QUICK_SECONDS and length == self._piece_bytes:
            self._piece_bytes = min(self._limit, STEP * self._piece_bytes)

    def _arrived(self, url: str) -> int:
        """Return how many bytes the server has. A refusal of HEAD has no body with the reason."""
        response = self._line.call("HEAD", url, accept=range(400, 500))
        if response.status_code >= 400:
            raise Refused("the claim is lost", code="CLAIM_LOST", status=response.status_code)
        text = response.headers.get("Upload-Offset", "")
        if not AN_OFFSET.fullmatch(text):
            raise ServerAway("the server sent no valid Upload-Offset for a result")
        return int(text)


class _Arrived:
    """How much of a file of `size` bytes the server has; `offset` is None while that is unknown."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._most = 0
        self._set_back = 0
        self._is_begun = False
        self.offset: int | None = 0

    @property
    def is_all(self) -> bool:
        """Whether the server has the file, also one of no bytes."""
        return self._is_begun and self.offset is not None and self.offset >= self._size

    def took(self, offset: int) -> None:
        """Record that the server took a piece."""
        self.offset, self._is_begun = offset, True
        self._most = max(self._most, offset)

    def found(self, offset: int | None, *, why: Refused | None = None) -> None:
        """Record what the server says; raise Refused if it loses again and again what it had."""
        self.offset = offset
        if not offset and self._size == 0:
            return  # of a file that is not there, too, it has none
        self._is_begun = True
        if offset is None:
            return
        self._set_back += offset < self._most
        self._most = offset
        if self._set_back > SET_BACK:
            raise Refused(
                "the server has less of a result than it had, again and again; behind several "
                "servers, the proxy must send all calls of a claim to one of them",
                code="UPLOAD_CONFLICT",
                status=409,
            ) from why
