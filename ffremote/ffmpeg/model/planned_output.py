"""An output as FFmpeg leaves it: a file, the files of a package, or nothing."""

from dataclasses import dataclass
from enum import StrEnum

from .expected import Expected
from .package_layout import PackageLayout


class OutputKind(StrEnum):
    """What an output is on the disk."""

    FILE = "file"
    PACKAGE = "package"
    """A directory of its own, whose files are published."""
    NONE = "none"
    """Nothing: only FFmpeg's messages matter."""


class Form(StrEnum):
    """What the bytes of a file are that ffprobe cannot read, or reads without proof."""

    SAMPLES = "samples"
    """Raw sound."""
    PICTURES = "pictures"
    """Raw pictures."""
    PACKETS = "packets"
    """Compressed pictures, one after the other."""
    DIGEST = "digest"
    """Lines with checksums."""
    TAGS = "tags"
    """Tags and chapters as text."""
    WEBP = "webp"
    """An animation as WebP, which FFmpeg before 8 writes and does not read."""
    AVIF = "avif"
    """Pictures as AVIF, whose durations are not those of a film."""


@dataclass(frozen=True, slots=True)
class Member:
    """A kind of file in a package: what its names may be, and its media type.

    `pattern` is a regular expression that a whole name matches. At least `least` files must be
    there, at most `most`; None is the limit of the job.
    """

    pattern: str
    media_type: str
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedOutput:
    """One output of a job, as FFmpeg writes it.

    `path` is that of the file, or of the package's directory, relative to the job's directory and
    below the attempt's. The files of a package are published under the names that they have on the
    disk: playlists refer to each other and to segments by these.
    """

    path: str
    expected: Expected
    kind: OutputKind = OutputKind.FILE
    name: str = ""
    """The user's name of the file, which may differ from the one on the disk."""
    media_type: str = ""
    members: tuple[Member, ...] = ()
    """The files of a package, kind by kind in the order of publication."""
    is_rewritten: bool = False
    """Whether the muxer rewrites the file at the end, without progress (faststart)."""
    demuxer: str | None = None
    """The demuxer for the file, where FFmpeg would misread its name."""
    form: Form | None = None
    """What proves that the file is complete; None is what ffprobe reads."""
    copies_video: bool = False
    """Whether its video is not encoded."""
    layout: PackageLayout | None = None
    """How the files of a package belong together."""
