"""A multipart form as a stream: the `file` part goes straight to its place on disk."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import multipart

from ffremote.errors import InvalidArgument, UnsupportedMediaType
from ffremote.jobs.new_rows import ReceivedFile
from ffremote.spec import label_of

from .hashing import BackgroundHash
from .request_body import BLOCK_BYTES, Readable, too_large, whole, write_all
from .writeback import Writeback

MAX_JOB_BYTES = 256 << 10
MAX_PARTS = 8
# What a form may hold beside its file: boundaries, headers and the job.
FORM_BYTES = MAX_JOB_BYTES + (64 << 10)

# Every byte is a character of it, so that no name of a file can make the form unreadable.
CHARSET = "latin-1"

# A part's headers (MultipartSegment), then its bytes, then None.
Event = Any


@dataclass(slots=True)
class FormReceiver:
    """Receives one form: `take_job` gets the job, `see_head` the file's first bytes.

    Both may raise, which refuses the rest of the body. `path` must not be there yet.
    """

    upload_id: str
    path: Path
    max_file_bytes: int
    take_job: Callable[[bytes], None]
    see_head: Callable[[bytes], None]
    _file: ReceivedFile | None = field(default=None, init=False)
    _has_job: bool = field(default=False, init=False)

    def receive(self, stream: Readable, *, boundary: str, length: int) -> ReceivedFile:
        """Read the whole form; on any error no file is left at `path`."""
        try:
            return self._receive(stream, boundary, length)
        except BaseException as exc:
            self.path.unlink(missing_ok=True)
            if isinstance(exc, multipart.MultipartError):
                why = str(exc.args[0] if exc.args else exc).rstrip(".")
                raise InvalidArgument("body", f"The form cannot be read: {why}.") from exc
            raise

    def _receive(self, stream: Readable, boundary: str, length: int) -> ReceivedFile:
        parser = multipart.PushMultipartParser(
            boundary,
            content_length=length,
            max_segment_count=MAX_PARTS,
            header_charset=CHARSET,
        )
        events = parser.parse_blocking(whole(stream, length), chunk_size=BLOCK_BYTES)
        for part in events:
            self._take(part, events)
        if self._file is None:
            raise InvalidArgument("file", "The form has no part named 'file'.")
        if not self._has_job:
            raise InvalidArgument("job", "The form has no part named 'job'.")
        return self._file

    def _take(self, part: Event, events: Iterator[Event]) -> None:
        assert isinstance(part, multipart.MultipartSegment)  # a part begins with its headers
        if part.name == "job" and not self._has_job:
            self._has_job = True
            self.take_job(_small(events))
        elif part.name == "file" and self._file is None:
            self._file = self._store(_label(part.filename), events)
        elif part.name in ("job", "file"):
            raise InvalidArgument(part.name, f"The form has two parts named {part.name!r}.")
        else:
            name = (_label(part.name) or "")[:40]
            raise InvalidArgument(name, f"The form has a part named {name!r}.")

    def _store(self, filename: str | None, events: Iterator[Event]) -> ReceivedFile:
        size = 0
        digest = hashlib.sha256()
        with self.path.open("xb", buffering=0) as file, BackgroundHash(digest) as hashes:
            writeback = Writeback(file.fileno(), 0)
            for block in _blocks(events):
                if size == 0:
                    self.see_head(block)
                size += len(block)
                if size > self.max_file_bytes:
                    raise too_large(size, self.max_file_bytes)
                write_all(file.write, block)
                hashes.update(block)
                writeback.reach(size)
        if size == 0:
            self.see_head(b"")
        return ReceivedFile(self.upload_id, filename, size, digest.hexdigest())


def boundary_of(content_type: str) -> str:
    """Return the boundary of a multipart form; raise UnsupportedMediaType for anything else."""
    kind, options = multipart.parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise UnsupportedMediaType(
            "Send multipart/form-data with a boundary, or application/json.", field="Content-Type"
        )
    return str(boundary)


def _label(header: str | None) -> str | None:
    return label_of(header.encode(CHARSET)) if header else None


def _small(events: Iterator[Event]) -> bytes:
    text = b""
    for block in _blocks(events):
        text += block
        if len(text) > MAX_JOB_BYTES:
            raise InvalidArgument("job", f"The job has more than {MAX_JOB_BYTES} bytes.")
    return text


def _blocks(events: Iterator[Event]) -> Iterator[bytes]:
    """Yield the bytes of the part that has just begun."""
    for event in events:
        if event is None:
            return
        assert isinstance(event, bytes)
        yield event
