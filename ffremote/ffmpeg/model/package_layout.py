"""How the files of a package belong together, for its check."""

from dataclasses import dataclass
from enum import StrEnum


class ListFormat(StrEnum):
    """How a list names segments."""

    M3U8 = "m3u8"
    CSV = "csv"
    MPD = "mpd"


@dataclass(frozen=True, slots=True)
class SegmentList:
    """A list of segments that FFmpeg writes: its path in the job's directory, and its form.

    `segments` is a regular expression for the names that it must have: all of the package that
    match, each once, in the order of their numbers.
    """

    path: str
    format: ListFormat
    segments: str
    init: str | None = None
    """The name of the file with the head of fragmented MP4, which every segment needs."""
    representation: int = 0
    """The number of the stream in a manifest of DASH."""


@dataclass(frozen=True, slots=True)
class Master:
    """A playlist that names other playlists: each of these once, and nothing else."""

    name: str
    playlists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpriteGrid:
    """How the pictures lie on the sheets of sprites: row by row, sheet by sheet."""

    index: str
    """The name of the index, which has the part of the video that each picture stands for."""
    columns: int
    rows: int
    every: float
    """Seconds from one picture to the next."""
    number: int = 0
    """The number of the output, which the filter that picks the pictures has in its name."""
    seconds: float | None = None
    """The length of the video; None if it is not known."""


@dataclass(frozen=True, slots=True)
class PackageLayout:
    """What the check of a package needs to know."""

    type: str
    lists: tuple[SegmentList, ...] = ()
    first_number: int = 1
    """The number of the first of pictures."""
    rate: float | None = None
    """Pictures for each second of the video; None if it is not known."""
    master: Master | None = None
    sprites: SpriteGrid | None = None
