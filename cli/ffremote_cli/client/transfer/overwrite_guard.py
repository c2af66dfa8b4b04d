"""Protects the inputs of a command from being overwritten by a result."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ...errors import ClientError, LocalFileProblem
from ..sequence.notation import pattern_at
from ..sequence.patterns import matching_files

_Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sources:
    """Input files, by real path and by their identity at the beginning of the command.

    The identity (device, inode) is the same through symbolic links, hard links and other spellings
    of a name on a case-insensitive file system, and survives a rename while the job runs. The path
    counts too, because some network file systems report another inode each time.
    """

    paths: Mapping[str, Path] = field(default_factory=dict)
    identities: Mapping[_Identity, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Self:
        """Return the sources at these paths; a missing file has no identity yet."""
        sources = tuple(file for path in paths for file in _files_at(path))
        identified = ((_identity(path), path) for path in sources)
        return cls(
            {os.path.realpath(path): path for path in sources},
            {identity: path for identity, path in identified if identity is not None},
        )

    def __or__(self, other: Self) -> Self:
        return type(self)({**self.paths, **other.paths}, {**self.identities, **other.identities})

    def refuse(self, target: Path) -> None:
        """Raise LocalFileProblem if `target` is one of the sources, also with `-y`."""
        identity = _identity(target)
        if identity is None:
            return  # nothing exists there, so nothing can be lost
        source = self.identities.get(identity) or self.paths.get(os.path.realpath(target))
        if source is not None:
            raise LocalFileProblem(
                f"the output {target} is the same file as the input {source}, "
                "and a result never replaces an input",
                hint="name another output with -o",
            )


def _files_at(path: Path) -> list[Path]:
    """Return the files that the path names: itself, or every picture that fits a pattern."""
    pattern = pattern_at(path)
    if pattern is None:
        return [path]
    try:
        return matching_files(pattern)
    except ClientError:  # the upload reports it; what cannot be found is not overwritten
        return [path]


def _identity(path: Path) -> _Identity | None:
    try:
        stat = path.stat()
    except (OSError, ValueError):  # ValueError: a name with a NUL
        return None
    return stat.st_dev, stat.st_ino
