"""The body of an upload in one request: multipart/form-data, `job` first, in constant memory.

`files=` of requests would read the entire input into memory.
"""

import secrets
from collections.abc import Sequence

from ...file_names import server_label
from ..http import HttpSession
from ..models import Accepted
from .source import SourceFile, SourceSlice
from .transfer import Submission, Transfer
from .tus_requests import ANSWER_SECONDS

_ESCAPES = {'"': "%22", "\r": "%0D", "\n": "%0A"}

_Part = bytes | SourceSlice


class MultipartBody:
    """A body for requests, which calls `len(body)` once and then reads to the end.

    It has the job and then a part `file` for each of the inputs, in their order.
    """

    def __init__(self, job: str, sources: Sequence[SourceFile], transfer: Transfer) -> None:
        boundary = f"ffremote-{secrets.token_hex(16)}"
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._sizes = [source.size for source in sources]
        self._transfer = transfer
        self._parts: list[_Part] = [_job_part(boundary, job)]
        for position, source in enumerate(sources):
            self._parts.append(_file_head(boundary, server_label(source.path.name)))
            self._parts.append(self._content(position, source))
        self._parts.append(f"\r\n--{boundary}--\r\n".encode())
        self._length = sum(len(part) for part in self._parts)

    def __len__(self) -> int:
        return self._length

    def read(self, size: int = -1) -> bytes:
        """Return the next block, at most `size` bytes of an input; `b""` at the end."""
        while self._parts:
            part = self._parts[0]
            if isinstance(part, bytes):
                del self._parts[0]
                return part
            if block := part.read(size):
                return block
            del self._parts[0]
        return b""

    def _content(self, position: int, source: SourceFile) -> SourceSlice:
        before = sum(self._sizes[:position])

        def on_bytes(done: int, _: int | None) -> None:
            if len(self._sizes) > 1:
                self._transfer.on_input_bytes(source.path, done, source.size)
            self._transfer.report_sent(before + done, sum(self._sizes))

        return SourceSlice(source, 0, source.size, self._transfer, on_bytes=on_bytes)


def send_form(
    http: HttpSession, sources: Sequence[SourceFile], submission: Submission, transfer: Transfer
) -> Accepted:
    """Send the inputs and their job in one request; return the job."""
    transfer.report_sent(0, sum(source.size for source in sources))
    body = MultipartBody(submission.job, sources, transfer)
    response = http.json(
        "POST",
        "/jobs",
        data=body,
        headers={
            "Content-Type": body.content_type,
            "Idempotency-Key": submission.idempotency_key,
        },
        answer_seconds=ANSWER_SECONDS,
    )
    accepted = Accepted.from_json(response)
    submission.on_accepted(accepted.job_id)
    return accepted


def _job_part(boundary: str, job: str) -> bytes:
    return (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="job"\r\n'
        "Content-Type: application/json\r\n\r\n"
        f"{job}"
    ).encode()


def _file_head(boundary: str, filename: str) -> bytes:
    safe = "".join(_ESCAPES.get(letter, letter) for letter in filename)
    return (
        f"\r\n--{boundary}\r\n"
        f'Content-Disposition: form-data; name="file"; filename="{safe}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
