"""The body of an upload: streamed as multipart/form-data, `job` first, in constant memory.

requests' own `files=` would read the whole film into memory.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from .errors import LocalFileProblem

_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}


class MultipartBody:
    """What requests streams: it asks for `len(body)` once and then reads to the end."""

    def __init__(
        self,
        job: str,
        film: BinaryIO,
        *,
        path: Path,
        size: int,
        on_bytes: Callable[[int], None],
    ) -> None:
        boundary = f"ffremote-{secrets.token_hex(16)}"
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = _head(boundary, job, path.name)
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._film = film
        self._path = path
        self._left = size
        self._length = len(self._head) + size + len(self._tail)
        self._on_bytes = on_bytes

    def __len__(self) -> int:
        return self._length

    @property
    def is_sent(self) -> bool:
        """Whether every byte was handed out, so that the server may already have the job."""
        return not (self._head or self._left or self._tail)

    def read(self, size: int = -1) -> bytes:
        """The next block; `b""` at the end."""
        if self._head:
            block, self._head = self._head, b""
            return block
        if self._left:
            return self._read_film(size)
        block, self._tail = self._tail, b""
        return block

    def _read_film(self, size: int) -> bytes:
        try:
            block = self._film.read(self._left if size < 0 else min(size, self._left))
        except OSError as exc:  # here and not as an error of the connection
            raise LocalFileProblem(f"{self._path} cannot be read: {exc.strerror}") from exc
        if not block:
            raise LocalFileProblem(f"{self._path} became shorter while it was being uploaded")
        self._left -= len(block)
        self._on_bytes(len(block))
        return block


def _head(boundary: str, job: str, filename: str) -> bytes:
    safe = "".join(_ESCAPES.get(letter, letter) for letter in filename)
    return (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="job"\r\n'
        "Content-Type: application/json\r\n\r\n"
        f"{job}\r\n"
        f"--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{safe}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode(errors="surrogateescape")
