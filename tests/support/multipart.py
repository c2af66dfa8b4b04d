"""Multipart forms, written part by part."""

import json
from dataclasses import dataclass
from typing import Any

BOUNDARY = "frontier"
MEDIA = b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 64


@dataclass(frozen=True)
class Part:
    """One part of a form."""

    name: str
    body: bytes
    filename: str | None = None

    def encode(self) -> bytes:
        """Return the part with its boundary and headers."""
        named = f'; filename="{self.filename}"' if self.filename is not None else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{self.name}"{named}\r\n\r\n'
        return head.encode() + self.body + b"\r\n"


def job_part(**job: Any) -> Part:
    """Return a part with a job for `out.mp4`, or with these fields."""
    return Part("job", json.dumps({"output_filename": "out.mp4"} | job).encode())


def file_part(body: bytes = MEDIA) -> Part:
    """Return a part with a file whose first bytes look like media."""
    return Part("file", body, "in.mp4")


def form(*parts: Part) -> dict[str, Any]:
    """Return the arguments of a POST with these parts."""
    body = b"".join(part.encode() for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    return {"data": body, "content_type": f"multipart/form-data; boundary={BOUNDARY}"}
