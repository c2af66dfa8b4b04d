"""Reads what FFmpeg says, before it begins, of the streams that it is going to write."""

import re
from dataclasses import dataclass

_FILE = re.compile(r"(Input|Output) #(\d+), ")
_STREAM = re.compile(r"  Stream #(\d+):(\d+)\S*: (Video|Audio): (\w+)(.*)")
_SIZE = re.compile(r", (\d+)x(\d+)(?:[ ,]|$)")
_PIX_FMT = re.compile(r", ([a-z][a-z0-9]+)(?:\([^)]*\))?, \d+x\d+")
_FPS = re.compile(r", ([\d.]+) fps")
_RATE = re.compile(r", (\d+) Hz")
_KBITS = re.compile(r", (\d+) kb/s")


@dataclass(frozen=True, slots=True)
class OutputStream:
    """A stream of an output, as far as FFmpeg's line tells."""

    kind: str
    codec: str
    width: int | None = None
    height: int | None = None
    pix_fmt: str | None = None
    fps: float | None = None
    sample_rate: int | None = None
    kbits: int | None = None
    """Thousands of bits in a second."""


class OutputStreams:
    """Collects the streams of the outputs; the inputs have lines of the same form."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, int], OutputStream] = {}
        self._is_output = False

    def add(self, text: str) -> None:
        """Add the text of one line."""
        if file := _FILE.match(text):
            self._is_output = file[1] == "Output"
        elif self._is_output and (stream := _STREAM.match(text)):
            number, index, kind, codec, rest = stream.groups()
            self.found[int(number), int(index)] = _read(kind.lower(), codec, rest)


def _read(kind: str, codec: str, rest: str) -> OutputStream:
    size, pix_fmt = _SIZE.search(rest), _PIX_FMT.search(rest)
    fps = _FPS.search(rest)
    return OutputStream(
        kind,
        codec,
        width=int(size[1]) if size else None,
        height=int(size[2]) if size else None,
        pix_fmt=pix_fmt[1] if pix_fmt else None,
        fps=float(fps[1]) if fps else None,
        sample_rate=_number(_RATE, rest),
        kbits=_number(_KBITS, rest),
    )


def _number(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return int(found[1]) if found else None
