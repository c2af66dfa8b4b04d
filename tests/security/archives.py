"""Archives that are no honest sequence of pictures, each with the words that refuse it."""

import io
import tarfile
from collections.abc import Callable

from tests.security.canary import Canary
from tests.support.picture_archives import BLOCK, END, archive, header, member, padded, png

Make = Callable[[Canary], bytes]
PICTURE = png()
GOOD = member(PICTURE)


def _octal(size: int) -> bytes:
    return f"{size:011o}\0".encode()


def _linked(kind: bytes, link: Callable[[Canary], str]) -> Make:
    return lambda canary: archive(
        GOOD, header(b"b.png", _octal(0), kind=kind, link=link(canary).encode()), GOOD
    )


def _typed(kind: bytes, data: bytes = PICTURE) -> Make:
    return lambda _: archive(GOOD, member(data, kind=kind), GOOD)


def _pax(canary: Canary) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("a.png")
        info.size, info.pax_headers = len(PICTURE), {"path": str(canary.secret)}
        tar.addfile(info, io.BytesIO(PICTURE))
    return made.getvalue()


def _gnu(_: Canary) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.GNU_FORMAT) as tar:
        info = tarfile.TarInfo("a" * 150 + ".png")
        info.size = len(PICTURE)
        tar.addfile(info, io.BytesIO(PICTURE))
    return made.getvalue()


def _written(content: bytes) -> Make:
    return lambda _: archive(GOOD, member(content, b"b.png"))


def _sized(size: bytes) -> Make:
    return lambda _: archive(GOOD, header(b"b.png", size) + padded(PICTURE))


def _with_secret(text: str) -> Make:
    return lambda canary: archive(
        GOOD, member(text.format(path=canary.secret, port=canary.port).encode(), b"b.png")
    )


REFUSED: dict[str, tuple[Make, str]] = {
    "a symbolic link": (_linked(b"2", lambda c: str(c.secret)), "a symbolic link"),
    "a symbolic link upwards": (_linked(b"2", lambda _: "../../input"), "a symbolic link"),
    "a hard link": (_linked(b"1", lambda c: str(c.secret)), "a hard link"),
    "a hard link to a member": (_linked(b"1", lambda _: "a.png"), "a hard link"),
    "a file with a link": (_linked(b"0", lambda c: str(c.secret)), "names another file"),
    "a character device": (_typed(b"3"), "a device"),
    "a block device": (_typed(b"4"), "a device"),
    "a directory": (_typed(b"5"), "a directory"),
    "a directory upwards": (
        lambda _: archive(header(b"../x/", _octal(0), kind=b"5"), GOOD),
        "a directory",
    ),
    "a pipe": (_typed(b"6"), "a pipe"),
    "a contiguous file": (_typed(b"7"), "an unknown type"),
    "a pax header": (_pax, "an extended header"),
    "a global pax header": (_typed(b"g", b"19 path=/etc/passwd\n"), "an extended header"),
    "a long name": (_gnu, "no header of the format ustar"),
    "a long name in ustar": (_typed(b"L", b"/etc/passwd\0"), "a long name"),
    "a long link in ustar": (_typed(b"K", b"/etc/passwd\0"), "a long name"),
    "a sparse file": (_typed(b"S"), "a sparse file"),
    "a volume": (_typed(b"V"), "an unknown type"),
    "an unknown type": (_typed(b"\xff"), "an unknown type"),
    "the magic of GNU tar": (
        lambda _: archive(member(PICTURE, magic=b"ustar  \0")),
        "no header of the format ustar",
    ),
    "no magic": (lambda _: archive(member(PICTURE, magic=bytes(8))), "no header"),
    "a wrong checksum": (
        lambda _: archive(GOOD, member(PICTURE, checksum=b"000001\0 ")),
        "a wrong checksum",
    ),
    "a checksum without digits": (
        lambda _: archive(member(PICTURE, checksum=b"abcdef\0 ")),
        "a wrong checksum",
    ),
    "no checksum": (lambda _: archive(member(PICTURE, checksum=bytes(8))), "a wrong checksum"),
    "a size past the end": (_sized(_octal(1 << 30)), "breaks off"),
    "a size of 8 GiB": (_sized(_octal((8 << 30) - 1)), "breaks off"),
    "a size in base 256": (_sized(b"\x80" + bytes(10) + b"\xff"), "a size that cannot be read"),
    "a negative size": (_sized(b"-0000000001\0"), "a size that cannot be read"),
    "a negative size in base 256": (_sized(b"\xff" * 12), "a size that cannot be read"),
    "a decimal size": (_sized(b"00000000089\0"), "a size that cannot be read"),
    "a size with a sign": (_sized(b"+0000000010\0"), "a size that cannot be read"),
    "a size in other digits": (_sized("٠٠٠٠٠٠".encode()), "a size that cannot be read"),
    "no size": (_sized(bytes(12)), "a size that cannot be read"),
    "an empty picture": (_sized(_octal(0)), "is empty"),
    "a size that is too small": (_sized(_octal(3)), "no picture of a format"),
    "an end in a header": (lambda _: GOOD + header()[:100], "breaks off"),
    "an end in a picture": (lambda _: GOOD + member(bytes(9000))[:2000], "breaks off"),
    "no end": (lambda _: GOOD + GOOD, "breaks off"),
    "half an end": (lambda _: GOOD + bytes(BLOCK), "breaks off"),
    "a gap": (lambda _: archive(GOOD, bytes(BLOCK), GOOD), "a gap"),
    "two archives": (lambda _: archive(GOOD) + archive(GOOD), "a gap"),
    "data after the end": (lambda _: archive(GOOD) + b"x" * 700, "a gap"),
    "nothing but an end": (lambda _: END, "no picture"),
    "zeros": (lambda _: bytes(10240), "no picture"),
    "text": (lambda _: b"ffconcat version 1.0\nfile input\n" * 40, "a wrong checksum"),
    "less than a block": (lambda _: b"tar", "breaks off"),
    "too many pictures": (lambda _: archive(GOOD * 20_001), "more than 20000 pictures"),
    "mixed formats": (_written(b"\xff\xd8\xff\xe0" + bytes(600)), "is of the format jpg"),
    "an SVG": (
        _with_secret('<svg xmlns="http://www.w3.org/2000/svg"><image href="{path}"/></svg>'),
        "no picture of a format",
    ),
    "a playlist": (_with_secret("#EXTM3U\n#EXTINF:1,\nfile://{path}\n"), "no picture"),
    "a list of files": (_with_secret("ffconcat version 1.0\nfile {path}\n"), "no picture"),
    "an archive": (lambda _: archive(member(archive(GOOD), b"a.tar")), "no picture"),
    "a program": (_written(b"\x7fELF" + bytes(600)), "no picture of a format"),
    "a movie": (_written(b"\0\0\0\x20ftypisom" + bytes(600)), "no picture of a format"),
    "a GIF": (_written(b"GIF89a" + bytes(600)), "no picture of a format"),
}

HARMLESS: dict[str, Make] = {
    "a name upwards": lambda _: archive(member(PICTURE, b"../../../../tmp/canary.png")),
    "an absolute name": lambda c: archive(member(PICTURE, f"{c.tree}/planted.png".encode())),
    "a name in a folder upwards": lambda _: archive(
        member(PICTURE, b"x.png", prefix=b"../../../../etc")
    ),
    "the name of the input": lambda _: archive(
        member(PICTURE, b"input"), member(PICTURE, b"input")
    ),
    "no name": lambda _: archive(member(PICTURE, b"")),
    "a name of control characters": lambda _: archive(member(PICTURE, b"\x1b]0;x\x07\n.png")),
    "a name of a pattern": lambda _: archive(member(PICTURE, b"%n%s%d.png")),
}
"""Names decide nothing: these are sequences like any other."""
