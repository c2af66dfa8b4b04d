"""Streaming multipart forms: the `file` part is written directly to its final place."""

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
from .request_body import BLOCK_BYTES, Readable, exact_reader, file_too_large, write_all
from .writeback import Writeback

MAX_JOB_BYTES = 256 << 10
MAX_PARTS = 8
# The bytes that a form may have besides its file: boundaries, headers and the job.
FORM_BYTES = MAX_JOB_BYTES + (64 << 10)

# Every byte is a valid character, so no file name can make the form unreadable.
CHARSET = "latin-1"

# A part's headers (MultipartSegment), then its bytes, then None.
Event = Any


@dataclass(slots=True)
class FormReceiver:
    """Receives one form: calls `on_job` with the job, `check_head` with the file's first bytes.

    Both may raise to refuse the rest of the body. `path`, where the file of `upload_id` is written,
    must not exist yet.
    """

    upload_id: str
    path: Path
    max_file_bytes: int
    on_job: Callable[[bytes], None]
    check_head: Callable[[bytes], None]
    _file: ReceivedFile | None = field(default=None, init=False)
    _has_job: bool = field(default=False, init=False)

    def receive(self, stream: Readable, *, boundary: str, length: int) -> ReceivedFile:
        """Read the whole form of `length` bytes; on any error remove the file at `path`.

        Raises InvalidArgument, FileTooLarge and whatever the callbacks raise.
        """
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
        events = parser.parse_blocking(exact_reader(stream, length), chunk_size=BLOCK_BYTES)
        for part in events:
            self._handle_part(part, events)
        if self._file is None:
            raise InvalidArgument("file", "The form has no part named 'file'.")
        if not self._has_job:
            raise InvalidArgument("job", "The form has no part named 'job'.")
        return self._file

    def _handle_part(self, part: Event, events: Iterator[Event]) -> None:
        assert isinstance(part, multipart.MultipartSegment)  # a part starts with its headers
        if part.name == "job" and not self._has_job:
            self._has_job = True
            self.on_job(_read_small(events))
        elif part.name == "file" and self._file is None:
            self._file = self._store(_decode_name(part.filename), events)
        elif part.name in ("job", "file"):
            raise InvalidArgument(part.name, f"The form has two parts named {part.name!r}.")
        else:
            name = (_decode_name(part.name) or "")[:40]
            raise InvalidArgument(name, f"The form has a part named {name!r}.")

    def _store(self, filename: str | None, events: Iterator[Event]) -> ReceivedFile:
        size = 0
        digest = hashlib.sha256()
        with self.path.open("xb", buffering=0) as file, BackgroundHash(digest) as hashes:
            writeback = Writeback(file.fileno(), 0)
            for block in _blocks(events):
                if size == 0:
                    self.check_head(block)
                size += len(block)
                if size > self.max_file_bytes:
                    raise file_too_large(size, self.max_file_bytes)
                write_all(file.write, block)
                hashes.update(block)
                writeback.advance_to(size)
        if size == 0:
            self.check_head(b"")
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


def _decode_name(header: str | None) -> str | None:
    return label_of(header.encode(CHARSET)) if header else None


def _read_small(events: Iterator[Event]) -> bytes:
    text = b""
    for block in _blocks(events):
        text += block
        if len(text) > MAX_JOB_BYTES:
            raise InvalidArgument("job", f"The job has more than {MAX_JOB_BYTES} bytes.")
    return text


def _blocks(events: Iterator[Event]) -> Iterator[bytes]:
    """Yield the body of the part whose headers have just been read."""
    for event in events:
        if event is None:
            return
        assert isinstance(event, bytes)
        yield event
