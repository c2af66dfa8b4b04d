"""The body of an upload: streamed as multipart/form-data, `job` first, in constant memory.

requests' own `files=` would read the whole film into memory.
"""

import secrets

from ...file_names import server_label
from .source import OnBytes, SourceFile, SourceSlice

_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}


class MultipartBody:
    """What requests streams: it asks for `len(body)` once and then reads to the end."""

    def __init__(self, job: str, film: SourceFile, on_bytes: OnBytes) -> None:
        boundary = f"ffremote-{secrets.token_hex(16)}"
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = _head(boundary, job, server_label(film.path.name))
        self._film = SourceSlice(film, 0, film.size, on_bytes)
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._length = len(self._head) + film.size + len(self._tail)

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """The next block; `b""` at the end."""
        if self._head:
            block, self._head = self._head, b""
            return block
        if block := self._film.read(size):
            return block
        block, self._tail = self._tail, b""
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
    ).encode()
