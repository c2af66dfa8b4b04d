"""The protocol of a place for whole files, and how it says that it cannot be reached."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from ffremote.errors import ServiceUnavailable


class DepotAway(ServiceUnavailable):
    """The depot did not answer, or failed; the files are where they were. Ask again.

    With `is_misconfigured` it goes on refusing until its operator changes something.
    """

    is_misconfigured: ClassVar[bool] = False


class PartsLost(DepotAway):
    """The depot does not have the parts of a file that it was given: it needs all of them again."""


class FileLost(FileNotFoundError):
    """The depot itself says that it has no such file, or not with the bytes that were kept.

    Without it, a file that is not found may be somewhere else: a disk may not be mounted.
    """


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was stored: its size in bytes, its sha256 in hex."""

    bytes: int
    sha256: str


class Described(Protocol):
    """What is known of one of several outputs, beside its bytes."""

    @property
    def name(self) -> str:
        """The name for users."""

    @property
    def bytes(self) -> int:
        """The size in bytes."""

    @property
    def sha256(self) -> str:
        """The sha256 in hex."""

    @property
    def content_type(self) -> str:
        """The media type."""

    @property
    def duration(self) -> float | None:
        """The seconds of media that lasts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that the depot has: its key, its size, and its age in seconds by the depot's clock."""

    key: str
    bytes: int
    age: float


@dataclass(frozen=True, slots=True)
class Presentation:
    """The headers with which a file is to be sent."""

    media_type: str
    disposition: str | None


class Part(Protocol):
    """A range of a file's bytes, read from its start.

    Offsets are those of the whole file.
    """

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end; may raise DepotAway."""

    def seek(self, offset: int, /) -> int:
        """Go to an offset of the file."""

    def tell(self) -> int:
        """Return the current offset."""

    def fileno(self) -> int:
        """Return the descriptor of a file on this host's disk; raise OSError if there is none."""

    def blocks(self) -> Iterator[bytes]:
        """Yield the remaining bytes, then close."""

    def close(self) -> None:
        """End the reading."""


class InParts(Protocol):
    """How a depot takes a file in parts of equal size, while it arrives; may raise as `Depot`.

    Parts are numbered from 1 on. Whoever names `upload` may send any of them, and one again.
    """

    part_bytes: int

    def begin(self, key: str) -> str:
        """Return the name under which the parts of `key` are sent."""

    def send(self, key: str, upload: str, number: int, section: tuple[Path, int, int]) -> str:
        """Send the bytes of a file from an offset to another one; return what proves it."""

    def link(self, key: str, upload: str, number: int, *, seconds: int) -> str:
        """Return a URL to which a program without credentials may PUT a part."""

    def complete(self, key: str, upload: str, proofs: Sequence[str], *, size: int) -> None:
        """Make a file of `size` bytes of the parts; asked again, it is no error.

        Raise PartsLost if the depot does not have them, or will never make a file of them.
        """

    def keep_piece(self, key: str, section: tuple[Path, int, int]) -> None:
        """Keep a section of a file, which stays as it is."""


class Depot(Protocol):
    """Whole files by keys; every method may raise DepotAway, or OSError of this host's disk.

    A key is written once, by one writer, so that no file is ever replaced. Whoever reads a key has
    it from a row, which was written after the file was kept. FileNotFoundError means that the file
    was removed; FileLost, a kind of it, that nothing else can be the reason.
    """

    @property
    def is_on_this_disk(self) -> bool:
        """Whether its files are in the data directory, where the kernel can send them."""

    def has(self, name: str | None) -> bool:
        """Return whether it has files that rows name so: by a key, or None for a file on a disk."""

    def own(self, installation: str) -> None:
        """Claim the place for an installation; raise ConfigurationError if it is another's."""

    def in_parts(self, size: int) -> InParts | None:
        """Return how it takes a file of `size` bytes in parts; None: only when it is whole."""

    def remove_leftovers(
        self, min_age: float, needed: Callable[[Collection[str]], Collection[str]]
    ) -> int:
        """Remove what senders that died left of files; return of how many. `min_age` in seconds.

        `needed` is asked, after they were listed, which of the names that `begin` gave stay.
        """

    def keep(self, path: Path, key: str, *, sha256: str | None = None) -> Kept:
        """Move the file at `path` to `key`; when this returns, it is durable there.

        Its sha256 is computed in the same pass, unless it is given.
        """

    def keep_all(self, folder: Path, key: str, files: Sequence[Described]) -> None:
        """Move `folder` to the folder `key`; readers see all of its files or none.

        The files and their names are on this host's disk: their maker has synced them. `files`
        describes them, in the order of their positions.
        """

    def share(self, key: str, path: Path) -> None:
        """Let the file at `path` use the space of `key`, which has the same bytes, if possible.

        On any error the file keeps its own bytes.
        """

    def fetch(
        self,
        key: str,
        path: Path,
        *,
        sha256: str | None = None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Create the file `path` with the bytes of `key`, to be read only.

        Bytes that come from elsewhere are compared with `sha256`; other ones are FileLost. It ends
        with DepotAway when `go_on` returns False.
        """

    def size(self, key: str) -> int:
        """Return the size of a file in bytes."""

    def open(self, key: str, start: int, stop: int) -> Part:
        """Return the bytes `start` to `stop` (exclusive) of a file."""

    def link(self, key: str, presentation: Presentation, *, seconds: int) -> str | None:
        """Return a URL from which anyone can get the file for `seconds`; None if there is none."""

    def listed(self, under: str) -> Iterator[Entry]:
        """Yield the files whose keys begin with `uploads`, `jobs` or a folder, in any order.

        What is kept or removed meanwhile may be among them or not.
        """

    def remove(self, key: str) -> None:
        """Remove a file; one that is not there is no error."""

    def remove_all(self, folder: str) -> None:
        """Remove all files whose keys begin with `folder`; none is no error."""

    def check(self) -> None:
        """Raise DepotAway if no file can be kept now."""
