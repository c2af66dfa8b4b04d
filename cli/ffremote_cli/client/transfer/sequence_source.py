"""A sequence of pictures as the source of an upload."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from ..sequence.archive import SequenceArchive
from ..sequence.pictures import Picture
from .source import SourceFile

_DIGITS = 15
"""Hexadecimal digits of the digest that stand for the modification time: a 60-bit number."""

_NO_DEVICE = -1


@contextmanager
def open_archive(pattern: str, pictures: Sequence[Picture]) -> Iterator[SourceFile]:
    """Open the archive of the pictures; its modification time changes with any of them."""
    archive = SequenceArchive(pictures)
    with closing(archive):
        number = int(archive.digest[:_DIGITS], 16)
        yield SourceFile(Path(pattern), archive, archive.size, number, (_NO_DEVICE, number))
