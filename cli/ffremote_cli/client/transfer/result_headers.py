"""What the headers of a result say: size, ETag, sha256 and file name."""

import base64
import binascii
import re
from dataclasses import dataclass
from email.message import Message
from pathlib import PurePosixPath, PureWindowsPath

import requests

from ...file_names import local_name


@dataclass(frozen=True, slots=True)
class ResultInfo:
    """The complete result as the server announces it; None where a header is missing."""

    etag: str | None
    size: int | None
    """Bytes."""
    sha256: str | None
    """In hexadecimal."""


def result_info(response: requests.Response) -> ResultInfo:
    """Read the headers of a response with the complete result or a part of it."""
    headers = response.headers
    ranged = re.fullmatch(r"bytes \d+-\d+/(\d+)", headers.get("Content-Range", ""))
    length = ranged[1] if ranged else headers.get("Content-Length")
    return ResultInfo(
        etag=headers.get("ETag"),
        size=int(length) if length and length.isdigit() else None,
        sha256=_sha256_in(headers.get("Repr-Digest") or headers.get("Digest") or ""),
    )


def offered_name(response: requests.Response) -> str | None:
    """Return the bare file name of Content-Disposition, made safe for this system, or None."""
    message = Message()
    message["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    name = message.get_filename() or ""
    bare = PureWindowsPath(PurePosixPath(name).name).name
    return None if bare in ("", ".", "..") else local_name(bare)


def _sha256_in(header: str) -> str | None:
    found = re.search(r"sha-256=:?([A-Za-z0-9+/]+=*):?", header, re.IGNORECASE)
    try:
        return base64.b64decode(found[1], validate=True).hex() if found else None
    except binascii.Error:
        return None
