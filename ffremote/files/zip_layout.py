"""The bytes of a ZIP archive around the files that it stores, known before any of them is read.

A layout depends on names, sizes and CRCs alone, so the archive is the same at every download: the
files stored in their order, without compression, all with the first time that a ZIP can have. The
worker hashes these bytes when it publishes; a change here would break the digests of stored jobs.
ZIP64 fields are written where a size or an offset needs them, so that old readers open the rest.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LIMIT = 0xFFFF_FFFF  # a field with this value is in the ZIP64 extra field instead
EPOCH = 0x0021  # 1980-01-01
PLAIN, ZIP64 = 20, 45  # the version of ZIP that a reader needs
UTF8 = 0x0800
MADE_ON_UNIX = 3 << 8
REGULAR_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive."""

    name: str
    size: int
    crc32: int

    @property
    def header(self) -> bytes:
        """The bytes before the file's own."""
        name = self.name.encode()
        extra = _extra(self.size, self.size) if self.size >= LIMIT else b""
        size = min(self.size, LIMIT)
        fields = (*_common(self, extra), size, size, len(name), len(extra))
        return b"PK\3\4" + struct.pack("<5H3I2H", *fields) + name + extra

    def entry(self, offset: int) -> bytes:
        """Return the file's entry in the directory at the end of the archive."""
        name = self.name.encode()
        large = [self.size, self.size] if self.size >= LIMIT else []
        large += [offset] if offset >= LIMIT else []
        extra = _extra(*large) if large else b""
        size = min(self.size, LIMIT)
        needed, *common = _common(self, extra)
        fields = (MADE_ON_UNIX | needed, needed, *common, size, size, len(name), len(extra))
        place = (0, 0, 0, REGULAR_FILE, min(offset, LIMIT))
        return b"PK\1\2" + struct.pack("<6H3I5H2I", *fields, *place) + name + extra


def directory(members: Sequence[Member]) -> bytes:
    """Return the end of the archive, after the bytes of its last file."""
    entries: list[bytes] = []
    offset = 0
    for member in members:
        entries.append(member.entry(offset))
        offset += len(member.header) + member.size
    listed = b"".join(entries)
    return listed + b"".join(_end(len(members), len(listed), offset))


def archive_bytes(members: Sequence[Member]) -> int:
    """Return the size of the archive."""
    return sum(len(each.header) + each.size for each in members) + len(directory(members))


def _common(member: Member, extra: bytes) -> tuple[int, ...]:
    """Return the fields from the needed version to the CRC, the same in both headers."""
    flags = 0 if member.name.isascii() else UTF8
    return (ZIP64 if extra else PLAIN, flags, 0, 0, EPOCH, member.crc32)


def _extra(*sizes: int) -> bytes:
    return struct.pack(f"<2H{len(sizes)}Q", 1, 8 * len(sizes), *sizes)


def _end(count: int, size: int, offset: int) -> Iterator[bytes]:
    if offset >= LIMIT:
        fields = (44, MADE_ON_UNIX | ZIP64, ZIP64, 0, 0, count, count, size, offset)
        yield b"PK\6\6" + struct.pack("<Q2H2I4Q", *fields)
        yield b"PK\6\7" + struct.pack("<IQI", 0, offset + size, 1)
    yield b"PK\5\6" + struct.pack(
        "<4H2IH", 0, 0, count, count, min(size, LIMIT), min(offset, LIMIT), 0
    )
