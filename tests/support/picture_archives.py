"""Archives of pictures: as tar makes them, and header by header for what tar would not make."""

import io
import struct
import tarfile
import zlib
from collections.abc import Iterable

BLOCK = 512
END = bytes(2 * BLOCK)


def png(width: int = 16, height: int = 16, shade: int = 0) -> bytes:
    """Return a grey PNG of one shade."""
    rows = (b"\0" + bytes([shade % 256]) * width) * height
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data)
        for name, data in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def header(
    name: bytes = b"a.png",
    size: bytes = b"00000000001\0",
    *,
    kind: bytes = b"0",
    link: bytes = b"",
    magic: bytes = b"ustar\x0000",
    prefix: bytes = b"",
    checksum: bytes | None = None,
) -> bytes:
    """Return the header of a member, with the right checksum unless another is given."""
    fields = (name.ljust(100, b"\0"), *(b"0000644\0", b"0000000\0", b"0000000\0"), size)
    start = b"".join(fields) + b"00000000000\0" + b" " * 8 + kind + link.ljust(100, b"\0")
    block = (start + magic + bytes(80) + prefix).ljust(BLOCK, b"\0")
    own = f"{sum(block):06o}\0 ".encode() if checksum is None else checksum
    return block[:148] + own + block[156:]


def member(data: bytes, name: bytes = b"a.png", **fields: bytes) -> bytes:
    """Return a header and the padded data after it."""
    return header(name, f"{len(data):011o}\0".encode(), **fields) + padded(data)


def padded(data: bytes) -> bytes:
    """Return the data up to the end of its last block."""
    return data.ljust(-(-len(data) // BLOCK) * BLOCK, b"\0")


def archive(*members: bytes) -> bytes:
    """Return an archive of these members."""
    return b"".join(members) + END


def archive_of(pictures: Iterable[bytes], extension: str = "png") -> bytes:
    """Return the archive that Python's tarfile makes of the pictures."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for number, picture in enumerate(pictures):
            info = tarfile.TarInfo(f"img{number:03d}.{extension}")
            info.size = len(picture)
            tar.addfile(info, io.BytesIO(picture))
    return made.getvalue()
