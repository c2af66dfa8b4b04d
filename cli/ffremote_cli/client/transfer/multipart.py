"""The body of an upload in one request: multipart/form-data, `job` first, in constant memory.

`files=` of requests would read the entire input into memory.
"""

import secrets

from ...file_names import server_label
from .source import SourceFile, SourceSlice
from .transfer import OnBytes

_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}


class MultipartBody:
    """A body for requests, which calls `len(body)` once and then reads to the end."""

    def __init__(self, job: str, source: SourceFile, on_bytes: OnBytes) -> None:
        boundary = f"ffremote-{secrets.token_hex(16)}"
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._head = _head(boundary, job, server_label(source.path.name))
        self._content = SourceSlice(source, 0, source.size, on_bytes)
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._length = len(self._head) + source.size + len(self._tail)

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """Return the next block, at most `size` bytes of the input; `b""` at the end."""
        if self._head:
            block, self._head = self._head, b""
            return block
        if block := self._content.read(size):
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
