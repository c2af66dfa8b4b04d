"""Streaming multipart forms: each `file` part is written directly to its final place."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import multipart

from ffremote.errors import FileTooLarge, InvalidArgument, UnsupportedMediaType
from ffremote.files.background_hash import BackgroundHash
from ffremote.files.first_bytes import SNIFF_BYTES
from ffremote.jobs.new_rows import ReceivedFile
from ffremote.spec import MAX_INPUTS, label_of

from .request_body import BLOCK_BYTES, Readable, exact_reader, file_too_large, write_all
from .writeback import Writeback

MAX_JOB_BYTES = 256 << 10
MAX_PARTS = MAX_INPUTS + 2  # the job, and one too many, which is refused by its name
# The bytes that a form may have besides its files: boundaries, headers and the job.
FORM_BYTES = MAX_JOB_BYTES + (64 << 10)

# Every byte is a valid character, so no file name can make the form unreadable.
CHARSET = "latin-1"

# A part's headers (MultipartSegment), then its bytes, then None.
Event = Any


@dataclass(slots=True)
class FormReceiver:
    """Receives one form: calls `on_job` with the job, `check_head` with each file's first bytes.

    `check_head` and `check_size`, called for each block, also get the number of the file; for files
    that come before the job they are called when it comes. All may raise to refuse the rest of the
    body. `on_job` returns the number of the job's inputs,
    of which there must be as many files. `allocate` returns a new upload and the path for its
    bytes; `max_bytes` is the limit of all files together. After an error the caller removes them.
    """

    allocate: Callable[[], tuple[str, Path]]
    max_bytes: int
    on_job: Callable[[bytes], int]
    check_head: Callable[[bytes, int], None]
    check_size: Callable[[int, int], None]
    _files: list[ReceivedFile] = field(default_factory=list, init=False)
    _inputs: int | None = field(default=None, init=False)
    _heads: list[bytes] = field(default_factory=list, init=False)
    """The first bytes of the files that came before the job."""

    def receive(self, stream: Readable, *, boundary: str, length: int) -> list[ReceivedFile]:
        """Read the whole form of `length` bytes; return its files in their order.

        Raises InvalidArgument, FileTooLarge and whatever the callbacks raise.
        """
        try:
            return self._receive(stream, boundary, length)
        except multipart.MultipartError as exc:
            why = str(exc.args[0] if exc.args else exc).rstrip(".")
            raise InvalidArgument("body", f"The form cannot be read: {why}.") from exc

    def _receive(self, stream: Readable, boundary: str, length: int) -> list[ReceivedFile]:
        parser = multipart.PushMultipartParser(
            boundary,
            content_length=length,
            max_segment_count=MAX_PARTS,
            header_charset=CHARSET,
        )
        events = parser.parse_blocking(exact_reader(stream, length), chunk_size=BLOCK_BYTES)
        for part in events:
            self._handle_part(part, events)
        if not self._files and self._inputs != 0:
            raise InvalidArgument("file", "The form has no part named 'file'.")
        if self._inputs is None:
            raise InvalidArgument("job", "The form has no part named 'job'.")
        if len(self._files) < self._inputs:
            raise self._wrong_count(f"{len(self._files)}")
        return self._files

    def _handle_part(self, part: Event, events: Iterator[Event]) -> None:
        assert isinstance(part, multipart.MultipartSegment)  # a part starts with its headers
        if part.name == "job" and self._inputs is None:
            self._inputs = self.on_job(_read_small(events))
            if len(self._files) > self._inputs:
                raise self._wrong_count(f"at least {len(self._files)}")
            for number, (head, file) in enumerate(zip(self._heads, self._files, strict=True)):
                self.check_head(head, number)
                self.check_size(file.size, number)
        elif part.name == "file":
            if len(self._files) == (MAX_INPUTS if self._inputs is None else self._inputs):
                raise self._wrong_count(f"at least {len(self._files) + 1}")
            self._files.append(self._store(_decode_name(part.filename), events))
        elif part.name == "job":
            raise InvalidArgument("job", "The form has two parts named 'job'.")
        else:
            name = (_decode_name(part.name) or "")[:40]
            raise InvalidArgument(name, f"The form has a part named {name!r}.")

    def _wrong_count(self, files: str) -> InvalidArgument:
        """Return the error for this number of files, of which there may be more."""
        if self._inputs is None:
            needed = f"A job has at most {MAX_INPUTS} inputs"
        else:
            needed = f"The job has {self._inputs} input{'' if self._inputs == 1 else 's'}"
        parts = "part" if files.endswith(" 1") or files == "1" else "parts"
        send = "send one for each input, in their order" if self._inputs != 0 else "send none"
        return InvalidArgument(
            "file", f"{needed}, and the form has {files} {parts} named 'file'; {send}."
        )

    def _store(self, filename: str | None, events: Iterator[Event]) -> ReceivedFile:
        size = 0
        before = sum(file.size for file in self._files)
        digest = hashlib.sha256()
        upload_id, path = self.allocate()
        with path.open("xb", buffering=0) as file, BackgroundHash(digest) as hashes:
            writeback = Writeback(file.fileno(), 0)
            for block in _blocks(events):
                if size == 0:
                    self._check(block[:SNIFF_BYTES])
                size += len(block)
                if self._inputs is not None:
                    self.check_size(size, len(self._files))
                if before + size > self.max_bytes:
                    raise self._too_large(before + size)
                write_all(file.write, block)
                hashes.update(block)
                writeback.advance_to(size)
        if size == 0:
            self._check(b"")
        return ReceivedFile(upload_id, filename, size, digest.hexdigest())

    def _check(self, head: bytes) -> None:
        """Check the first bytes of the next file, later if the job has not come."""
        if self._inputs is None:
            self._heads.append(head)
        else:
            self.check_head(head, len(self._files))

    def _too_large(self, size: int) -> FileTooLarge:
        if not self._files:
            return file_too_large(size, self.max_bytes)
        return FileTooLarge(
            f"The {len(self._files) + 1} files so far have at least {size} bytes together; the "
            f"limit is {self.max_bytes}.",
            max_bytes=self.max_bytes,
        )


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
