"""Takes an archive of pictures apart; run confined as `python -I -S -c SOURCE ARCHIVE FOLDER MOST`.

Standard library only. The archive is an uncompressed ustar of regular files; nothing of it decides
a path: its pictures become `FOLDER/00000001.png` and so on, in the archive's order. Prints one JSON
object: the number of pictures, their bytes and their format, or `error`, a sentence.
"""

import json
import os
import sys

BLOCK = 512
CHUNK = 1 << 20
HEAD = 32
MAGIC = b"ustar\x0000"
KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a directory",
    b"6": "a pipe",
    b"x": "an extended header (pax)",
    b"g": "an extended header (pax)",
    b"K": "a long name of GNU tar",
    b"L": "a long name of GNU tar",
    b"S": "a sparse file of GNU tar",
}
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"BM", "bmp"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
    (b"SDPX", "dpx"),
    (b"XPDS", "dpx"),
    (b"\0\0\0\x0cjP  ", "jp2"),
    (b"\xffO\xffQ", "jp2"),
    (b"qoif", "qoi"),
    *((b"P" + digit, "pbm") for digit in (b"1", b"4")),
    *((b"P" + digit, "pgm") for digit in (b"2", b"5")),
    *((b"P" + digit, "ppm") for digit in (b"3", b"6")),
    (b"P7\n", "pam"),
)
FORMATS = "bmp dpx jp2 jpg pam pbm pgm png ppm qoi tif webp"


class Refused(Exception):
    """The archive is not one of pictures; the text names the member."""


def main(archive: str, folder: str, most: int) -> dict[str, object]:
    """Write the pictures of the archive into the folder; return their number, bytes and format.

    All headers are checked before the first picture is written.
    """
    source = os.open(archive, os.O_RDONLY)
    kind, members = survey(source, os.fstat(source).st_size, most)
    for number, (start, size) in enumerate(members, 1):
        write(source, start, size, f"{folder}/{number:08d}.{kind}")
    total = sum(size for _, size in members)
    return {"pictures": len(members), "bytes": total, "extension": kind}


def survey(source: int, end: int, most: int) -> tuple[str, list[tuple[int, int]]]:
    """Return the format of the pictures, and the offset and size of each; raise Refused."""
    members: list[tuple[int, int]] = []
    kind, offset = "", 0
    while True:
        header = read(source, offset, BLOCK, "the archive")
        offset += BLOCK
        if not header.strip(b"\0"):
            require_end(source, offset)
            break
        if len(members) == most:
            raise Refused(f"The archive has more than {most} pictures.")
        what, size = parse(header, len(members) + 1)
        if offset + size > end:
            raise Refused(f"The archive breaks off in {what}.")
        found = format_of(read(source, offset, min(size, HEAD), what), what)
        if kind not in ("", found):
            raise Refused(f"{what} is of the format {found}, but those before are of {kind}.")
        kind = found
        members.append((offset, size))
        offset += -(-size // BLOCK) * BLOCK
    if not members:
        raise Refused("The archive has no picture.")
    return kind, members


def parse(header: bytes, number: int) -> tuple[str, int]:
    """Return the member's description for messages, and its size; raise Refused."""
    what = f"Picture {number} of the archive ({shown(name_of(header))})"
    if octal(header[148:156]) != sum(header) - sum(header[148:156]) + 8 * 32:
        raise Refused(f"Header {number} of the archive has a wrong checksum.")
    if header[257:265] != MAGIC:
        raise Refused(
            f"{what} has no header of the format ustar; make the archive with tar --format=ustar."
        )
    kind = header[156:157]
    if kind not in (b"0", b"\0"):
        named = KINDS.get(kind, "of an unknown type")
        raise Refused(f"{what} is {named}, not a file.")
    if header[157:257].strip(b"\0"):
        raise Refused(f"{what} names another file as its link.")
    size = octal(header[124:136])
    if size is None:
        raise Refused(f"{what} has a size that cannot be read.")
    if size == 0:
        raise Refused(f"{what} is empty.")
    return what, size


def octal(field: bytes) -> int | None:
    """Return the number in a field of octal digits; None for any other text."""
    digits = field.rstrip(b"\0 ").lstrip(b" ")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else None


def name_of(header: bytes) -> bytes:
    """Return the last part of the member's name, which appears in messages only."""
    return header[:100].split(b"\0")[0].rpartition(b"/")[2]


def shown(name: bytes) -> str:
    """Return a name as printable text of 60 characters at most."""
    text = "".join(c if c.isprintable() else "?" for c in name.decode("utf-8", "replace"))
    return text[:60] or "without a name"


def format_of(head: bytes, what: str) -> str:
    """Return the extension of the picture's format by its first bytes; raise Refused for others."""
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    raise Refused(f"{what} is no picture of a format that a sequence may have: {FORMATS}.")


def write(source: int, start: int, size: int, path: str) -> None:
    """Copy `size` bytes from the offset `start` to a new file."""
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    end = start + size
    while start < end:
        block = os.pread(source, min(end - start, CHUNK), start)
        start += os.write(target, block)
    os.close(target)


def read(source: int, offset: int, size: int, what: str) -> bytes:
    """Return exactly `size` bytes at the offset; raise Refused at the end of the archive."""
    data = os.pread(source, size, offset)
    if len(data) < size:
        raise Refused(f"The archive breaks off in {what}.")
    return data


def require_end(source: int, offset: int) -> None:
    """Raise Refused unless a second block of zeros follows, and nothing but zeros."""
    read(source, offset, BLOCK, "its end")
    while block := os.pread(source, CHUNK, offset):
        offset += len(block)
        if block.strip(b"\0"):
            raise Refused("The archive has a gap: after a block of zeros, more data follows.")


if __name__ == "__main__":
    try:
        print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    except Refused as exc:
        print(json.dumps({"error": str(exc)}))
    except OSError as exc:
        print(json.dumps({"failed": exc.errno}))
