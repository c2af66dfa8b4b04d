"""Reads LUTs, tables of colours, in the formats that FFmpeg knows.

FFmpeg's own parsers never see an upload: it gets what `lut_file` writes anew. They choose the
format by the extension of the name, and that of .dat writes out of bounds if the table has not 33
points.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ffremote.spec.roles import MAX_BYTES
from ffremote.states import FailureReason

from ..model.failure import TranscodeError, refuse
from ..model.media_info import MediaInfo

MAX_POINTS = 129
"""Points along a side of a cube: 2 million colours, 26 MB in FFmpeg."""
MAX_CURVE = 65536
_MAX_LINE = 500
_3DL_POINTS, _DAT_POINTS = 17, 33  # FFmpeg assumes these
_3DL_WHITE = 4096.0
_NUMBER = (
    rb"[+-]?(?:[0-9]{1,16}(?:\.[0-9]{0,24})?|\.[0-9]{1,24})(?:[eE](?:-[0-9]{1,2}|\+?0?[0-9]))?"
)
_TRIPLE = re.compile(rb"%b[ \t]+%b[ \t]+%b" % (_NUMBER, _NUMBER, _NUMBER))
_PAIR = re.compile(rb"%b[ \t]+%b" % (_NUMBER, _NUMBER))
_WHOLE = re.compile(rb"[0-9]{1,6}[ \t]+[0-9]{1,6}[ \t]+[0-9]{1,6}")
_3DL_START = re.compile(rb"3DMESH|Mesh[ \t]+[0-9 \t]+|[0-9]+(?:[ \t]+[0-9]+){3,}")
_DOMAINS = {b"DOMAIN_MIN": 0.0, b"DOMAIN_MAX": 1.0}
_M3D_KEYS = frozenset({b"in", b"out", b"format", b"values"})
Range = tuple[float, float]
FULL_RANGE: tuple[Range, ...] = ((0.0, 1.0),) * 3


@dataclass(frozen=True, slots=True)
class Lut:
    """A table of colours: three numbers for each of its points, red changing first."""

    kind: str
    """The extension of its format."""
    dimensions: int
    size: int
    """The points along a side."""
    values: Sequence[float]
    domain: tuple[Range, ...] = FULL_RANGE
    """The smallest and the largest value that it maps, for each colour."""


def inspect_lut(path: Path) -> MediaInfo:
    """Return the format of a LUT, and 1 or 3 as its dimensions; raise TranscodeError for others."""
    lut = read_lut(path)
    size = path.stat().st_size
    return MediaInfo(lut.kind, None, (), bytes=size, dimensions=lut.dimensions)


def read_lut(path: Path) -> Lut:
    """Return the LUT in a file, whose format is recognized; raise TranscodeError for others."""
    size = path.stat().st_size
    if size > MAX_BYTES["lut"]:
        raise _wrong(f"it has {size} bytes; the limit is {MAX_BYTES['lut']}")
    with path.open("rb") as file:
        lines = _lines(file)
        lut = _reader(first := next(lines, b""))(first, lines)
        if next(lines, None) is not None:
            raise _wrong("it has more lines than its size says")
    return lut


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines that are no comments, without spaces at their ends."""
    while raw := file.readline(_MAX_LINE + 1):
        if len(raw) > _MAX_LINE:
            raise _wrong(f"a line has more than {_MAX_LINE} bytes")
        line = raw.removeprefix(b"\xef\xbb\xbf").strip(b" \t\r\n")
        if line and not line.startswith(b"#"):
            yield line


def _reader(first: bytes) -> Callable[[bytes, Iterator[bytes]], Lut]:
    """Return the reader of the format that begins with this line."""
    word = first.split(maxsplit=1)[0] if first else b""
    if first == b"CSPLUTV100":
        return _read_csp
    if word == b"TITLE" or word.startswith((b"LUT_", b"DOMAIN_")):
        return _read_cube
    if word in _M3D_KEYS:
        return _read_m3d
    if word == b"3DLUTSIZE" or _TRIPLE.fullmatch(first):
        return _read_dat
    if _3DL_START.fullmatch(first):
        return _read_3dl
    raise _wrong(f"it begins with {_shown(first)!r}")


def _read_cube(line: bytes, lines: Iterator[bytes]) -> Lut:
    dimensions = size = 0
    while line and not _TRIPLE.fullmatch(line):
        name, *value = line.split(maxsplit=1)
        text = value[0] if value else b""
        if name in (b"LUT_3D_SIZE", b"LUT_1D_SIZE") and not size:
            dimensions = 3 if name == b"LUT_3D_SIZE" else 1
            size = _number(text, MAX_POINTS if dimensions == 3 else MAX_CURVE)
        elif name in _DOMAINS and _TRIPLE.fullmatch(text):
            if {float(each) for each in text.split()} != {_DOMAINS[name]}:
                raise _wrong("its DOMAIN is not 0 to 1, which FFmpeg does not apply")
        elif name != b"TITLE":
            raise _wrong(f"{_shown(line)!r} is no line of a .cube file")
        line = next(lines, b"")
    if not size:
        raise _wrong("it lacks LUT_3D_SIZE and LUT_1D_SIZE")
    count = size**3 if dimensions == 3 else size
    return Lut("cube", dimensions, size, _values(count, lines, first=line))


def _read_dat(line: bytes, lines: Iterator[bytes]) -> Lut:
    size = _DAT_POINTS
    if line.startswith(b"3DLUTSIZE"):
        size = _number(line.removeprefix(b"3DLUTSIZE"), MAX_POINTS)
        line = next(lines, b"")
    return Lut("dat", 3, size, _red_first(_values(size**3, lines, first=line), size))


def _read_3dl(line: bytes, lines: Iterator[bytes]) -> Lut:
    """Read a table of 17 points and 12 bits behind one line: FFmpeg takes all for such a one."""
    size = _3DL_POINTS
    line = next(lines, b"")
    if not _WHOLE.fullmatch(line):
        raise _wrong("of .3dl, 17 points behind one line are read; convert it to .cube")
    values = _values(size**3, lines, first=line, pattern=_WHOLE)
    return Lut("3dl", 3, size, _red_first(array("f", (v / _3DL_WHITE for v in values)), size))


def _read_m3d(line: bytes, lines: Iterator[bytes]) -> Lut:
    found: dict[bytes, bytes] = {}
    while (words := line.split(maxsplit=1)) and words[0] in _M3D_KEYS:
        found[words[0]] = words[1] if len(words) > 1 else b""
        if words[0] == b"values":
            break
        line = next(lines, b"")
    if not found.keys() >= {b"in", b"out", b"values"}:
        raise _wrong("it lacks in, out or values")
    count, white = _number(found[b"in"], MAX_POINTS**3), _number(found[b"out"], 1 << 24) - 1
    size = round(count ** (1 / 3))
    order = [b"rgb".find(word[:1]) for word in found[b"values"].split()]
    if size**3 != count:
        raise _wrong(f"{count} values are no cube")
    if sorted(order) != [0, 1, 2]:
        raise _wrong("its values are not red, green and blue")
    given = _values(count, lines)
    values = array("f", (given[at - at % 3 + order[at % 3]] / white for at in range(len(given))))
    return Lut("m3d", 3, size, _red_first(values, size))


def _read_csp(_line: bytes, lines: Iterator[bytes]) -> Lut:
    kind = next(lines, b"")
    if kind not in (b"1D", b"3D"):
        raise _wrong("its second line is neither 1D nor 3D")
    line = next(lines, b"")
    if line == b"BEGIN METADATA":
        while next(lines, b"END METADATA") != b"END METADATA":
            continue
        line = next(lines, b"")
    domain, factors = [], []
    for _ in range(3):
        if line != b"2":
            raise _wrong("FFmpeg reads shapers of 2 points only; convert it to .cube")
        low, high = _pair(lines)
        domain.append((low, high))
        low, high = _pair(lines)
        factors.append(high - low)
        line = next(lines, b"")
    sides = set(line.split())
    if len(sides) != 1 or len(line.split()) != (3 if kind == b"3D" else 1):
        raise _wrong("its sides are not three equal numbers, or one of 1D")
    size = _number(sides.pop(), MAX_POINTS if kind == b"3D" else MAX_CURVE)
    given = _values(size**3 if kind == b"3D" else size, lines)
    values = array("f", (value * factors[at % 3] for at, value in enumerate(given)))
    return Lut("csp", 3 if kind == b"3D" else 1, size, values, tuple(domain))


def _pair(lines: Iterator[bytes]) -> Range:
    line = next(lines, b"")
    if not _PAIR.fullmatch(line):
        raise _wrong(f"{_shown(line)!r} is no line of two numbers")
    low, high = map(float, line.split())
    return low, high


def _values(
    count: int,
    lines: Iterator[bytes],
    *,
    first: bytes | None = None,
    pattern: re.Pattern[bytes] = _TRIPLE,
) -> Sequence[float]:
    """Read `count` lines of three numbers, of which `first` is read already."""
    values = array("f")
    line = next(lines, b"") if first is None else first
    for missing in range(count, 0, -1):
        if not line:
            raise _wrong(f"{missing} of its {count} lines of numbers are missing")
        if not pattern.fullmatch(line):
            raise _wrong(f"{_shown(line)!r} is no line of three numbers")
        values.extend(map(float, line.split()))
        line = next(lines, b"") if missing > 1 else b""
    return values


def _red_first(values: Sequence[float], size: int) -> Sequence[float]:
    """Return the values of a cube in which blue changes first with red changing first."""
    ordered = array("f")
    for blue in range(size):
        for green in range(size):
            for red in range(size):
                at = 3 * ((red * size + green) * size + blue)
                ordered.extend(values[at : at + 3])
    return ordered


def _number(text: bytes, most: int) -> int:
    """Return a size from 2 to `most`; raise TranscodeError for another."""
    digits = text.strip()
    if not digits.isdigit() or len(digits) > 9 or not 2 <= int(digits) <= most:
        raise _wrong(f"its size is {_shown(digits)!r}; from 2 to {most} is possible")
    return int(digits)


def _shown(line: bytes) -> str:
    return line[:40].decode("ascii", "replace")


def _wrong(reason: str) -> TranscodeError:
    return refuse(
        FailureReason.UNSUPPORTED_INPUT,
        f"The input is no LUT that can be used: {reason}.",
        "Send a .cube, .3dl, .dat, .m3d or .csp file.",
    )
