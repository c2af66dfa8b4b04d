"""Opens an input by its path: a file, parts of it, or a sequence of pictures as an archive."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ...errors import LocalFileProblem
from ..excerpt.parts import Excerpt
from ..excerpt.reading import PartsOfFile
from ..index_first import ORDER
from ..index_first.boxes import NotFit
from ..index_first.jobs import may_reorder
from ..index_first.reordered import Reordered
from ..sequence.archive import SequenceArchive
from ..sequence.notation import PicturePattern, pattern_at
from ..sequence.pictures import open_sequence
from .source import SourceFile, open_source

_DIGITS = 15
"""Hexadecimal digits of the digest that stand for the modification time: a 60-bit number."""

_NO_DEVICE = -1


@contextmanager
def open_input(path: Path, warn: Callable[[str], None] = lambda _: None) -> Iterator[SourceFile]:
    """Open the input; raise LocalFileProblem if it cannot be one.

    `warn` gets a sentence about pictures that are not part of a sequence, and at the end about a
    file that has changed meanwhile: a recording that still grows is sent up to its first size.
    """
    if (pattern := pattern_at(path)) is not None:
        with _open_archive(pattern, warn) as source:
            yield source
        return
    with open_source(path) as source:
        yield source
        if source.has_changed():
            warn(
                f"{path} changed while it was uploaded, so the result may be cut off or damaged; "
                "run the command again once nothing writes to it"
            )


def as_sent(source: SourceFile, job: Mapping[str, Any]) -> SourceFile:
    """Return the input in the order in which it is sent for a job, which may begin meanwhile."""
    return with_index_first(source) if may_reorder(job) else source


def with_index_first(source: SourceFile) -> SourceFile:
    """Return the input with the index before the media, if it is such a file; else as it is.

    Raise LocalFileProblem if it cannot be read.
    """
    if source.identity[0] == _NO_DEVICE:
        return source
    try:
        reordered = Reordered(source.file, source.size)
    except NotFit:
        source.file.seek(0)
        return source
    except OSError as exc:
        raise LocalFileProblem(f"{source.path} cannot be read: {exc.strerror}") from exc
    return replace(source, file=reordered, order=ORDER, original_sha256=reordered.original_sha256)


@contextmanager
def open_excerpt(path: Path, excerpt: Excerpt) -> Iterator[SourceFile]:
    """Open parts of the file as one; raise LocalFileProblem if it cannot be an input."""
    with open_source(path) as whole:
        if whole.size != excerpt.size:
            raise LocalFileProblem(f"{path} has changed since its parts were chosen")
        file = PartsOfFile(whole.file, excerpt.parts)
        yield replace(whole, file=file, size=excerpt.bytes)


@contextmanager
def _open_archive(pattern: PicturePattern, warn: Callable[[str], None]) -> Iterator[SourceFile]:
    """Open the archive of the pictures; its modification time changes with any of them."""
    archive = SequenceArchive(
        open_sequence(pattern, lambda sentence: warn(f"{pattern.pattern}: {sentence}"))
    )
    with closing(archive):
        number = int(archive.digest[:_DIGITS], 16)
        location = str(Path(pattern.absolute))
        path, identity = Path(pattern.pattern), (_NO_DEVICE, number)
        yield SourceFile(path, archive, archive.size, number, identity, location)
