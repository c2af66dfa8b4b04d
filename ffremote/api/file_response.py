"""A file as a response: conditional requests, one range, sendfile if the server supports it."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

from flask import Response, request

from ffremote.depot.file_part import BLOCK_BYTES, FilePart
from ffremote.depot.protocol import Depot, Part, Presentation
from ffremote.errors import InvalidArgument

from .byte_range import ByteRange, RangeNotSatisfiable, parse_range
from .errors import request_error

NO_RIGHTS = "default-src 'none'; sandbox"  # no script, no request, an origin of its own


class Content(Protocol):
    """Bytes that can be sent from any offset; both raise FileNotFoundError once removed."""

    @property
    def size(self) -> int:
        """The number of bytes."""

    @property
    def is_on_this_disk(self) -> bool:
        """Whether the kernel can send them: there is a descriptor for each byte."""

    def part(self, start: int, stop: int, /) -> "Sent":
        """Return the bytes `start` to `stop` (exclusive)."""


class Sent(Protocol):
    """A range of bytes as a file."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the remaining bytes, for servers without `wsgi.file_wrapper`."""


@dataclass(frozen=True, slots=True)
class Handover:
    """Headers, and the status, with which another program is told to send the file."""

    headers: Mapping[str, str]
    status: HTTPStatus = HTTPStatus.OK


@dataclass(frozen=True, slots=True)
class Download:
    """Content and its headers; without a `sha256` it may still grow.

    `hand_over`, if there is one, lets another program send the file, or a range of it; it returns
    None for a request that the server has to answer. With `is_shown` a browser may show it,
    without any right of this server's own pages.
    """

    content: Content
    media_type: str
    sha256: str | None = None
    filename: str | None = None
    hand_over: Callable[[Presentation, ByteRange | None], Handover | None] | None = None
    is_shown: bool = False

    @property
    def etag(self) -> str | None:
        """The strong ETag, the quoted sha256; None without one."""
        return f'"{self.sha256}"' if self.sha256 else None

    @property
    def presentation(self) -> Presentation:
        """The headers that say what the content is."""
        if self.filename is None:
            return Presentation(self.media_type, None)
        kind = "inline" if self.is_shown else "attachment"
        return Presentation(self.media_type, disposition(kind, self.filename))


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the depot as content."""

    depot: Depot
    key: str

    @property
    def is_on_this_disk(self) -> bool:
        """Whether the depot is on this host."""
        return self.depot.is_on_this_disk

    @property
    def size(self) -> int:
        """The size of the file."""
        return self.depot.size(self.key)

    def part(self, start: int, stop: int, /) -> Part:
        """Open the file at `start`."""
        return self.depot.open(self.key, start, stop)


@dataclass(frozen=True, slots=True)
class ScratchFile:
    """A file of this host as content, which may still grow."""

    path: Path

    is_on_this_disk: ClassVar[bool] = True

    @property
    def size(self) -> int:
        """The size of the file now."""
        return self.path.stat().st_size

    def part(self, start: int, stop: int, /) -> FilePart:
        """Open the file at `start`."""
        return FilePart(self.path, start, stop)


def send(download: Download) -> Response:
    """Return the response to the current GET or HEAD; raise FileNotFoundError."""
    size = download.content.size
    if download.etag and download.etag in _etags(request.headers.get("If-None-Match", "")):
        return _with_headers(Response(status=HTTPStatus.NOT_MODIFIED), download)
    try:
        byte_range = parse_range(
            request.headers.get("Range"), request.headers.get("If-Range"), download.etag, size
        )
    except RangeNotSatisfiable:
        return _not_satisfiable(size)
    if (handed_over := _handed_over(download, byte_range)) is not None:
        return handed_over
    start, stop = byte_range or (0, size)
    response = _body(download, start, stop)
    if byte_range:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.headers["Content-Length"] = str(stop - start)
    return _with_headers(response, download)


def _handed_over(download: Download, byte_range: ByteRange | None) -> Response | None:
    """Return the answer to a GET whose bytes another program sends; None: this server does."""
    if download.hand_over is None or request.method != "GET":
        return None
    handover = download.hand_over(download.presentation, byte_range)
    if handover is None:
        return None
    response = _with_headers(Response(status=handover.status), download)
    response.headers.update(handover.headers)
    return response


def _etags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _not_satisfiable(size: int) -> Response:
    response = request_error(
        InvalidArgument("Range", f"The range is outside the file, which has {size} bytes.")
    )
    response.status_code = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def _body(download: Download, start: int, stop: int) -> Response:
    if request.method == "HEAD" or start == stop:
        return Response()
    file = download.content.part(start, stop)
    wrapper = request.environ.get("wsgi.file_wrapper")
    is_here = download.content.is_on_this_disk
    body: Any = wrapper(file, BLOCK_BYTES) if wrapper and is_here else file.blocks()
    return Response(body, direct_passthrough=True)


def _with_headers(response: Response, download: Download) -> Response:
    headers, presentation = response.headers, download.presentation
    headers["Content-Type"] = presentation.media_type
    headers["Accept-Ranges"] = "bytes"
    headers["Cache-Control"] = "private, no-cache"
    if download.sha256 and download.etag:
        headers["ETag"] = download.etag
        digest = base64.b64encode(bytes.fromhex(download.sha256)).decode()
        headers["Repr-Digest"] = f"sha-256=:{digest}:"
    if download.is_shown:
        headers["Content-Security-Policy"] = NO_RIGHTS
    if presentation.disposition is not None:
        headers["Content-Disposition"] = presentation.disposition
    return response


def disposition(kind: str, filename: str) -> str:
    """Return a Content-Disposition that every client parses and that cannot inject a parameter."""
    plain = re.sub(r"[^ !#-\[\]-~]|[/%]", "_", filename)
    if plain == filename:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
