"""The files that a command reads: no result is ever written over one of them."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from ...errors import LocalFileProblem

_Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sources:
    """Input files, by place and by the identity that they had when the command began.

    The identity (device, inode) is the same through symbolic links, hard links and the other
    spellings that a case-insensitive file system takes. It is kept because a file may be renamed
    while its job runs. The place counts too: some network file systems give a file another inode
    each time.
    """

    places: Mapping[str, Path] = field(default_factory=dict)
    identities: Mapping[_Identity, Path] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: Iterable[Path]) -> Self:
        """The sources at these paths; a missing file has no identity, and may appear later."""
        kept = tuple(paths)
        found = ((_identity(path), path) for path in kept)
        return cls(
            {os.path.realpath(path): path for path in kept},
            {identity: path for identity, path in found if identity is not None},
        )

    def __or__(self, other: Self) -> Self:
        return type(self)({**self.places, **other.places}, {**self.identities, **other.identities})

    def refuse(self, target: Path) -> None:
        """Raise LocalFileProblem if `target` is one of the sources; `-y` does not change that."""
        identity = _identity(target)
        if identity is None:
            return  # nothing is there, so nothing can be lost
        source = self.identities.get(identity) or self.places.get(os.path.realpath(target))
        if source is not None:
            raise LocalFileProblem(
                f"the output {target} is the same file as the input {source}, "
                "and a result never replaces an input",
                hint="name another output with -o",
            )


def _identity(path: Path) -> _Identity | None:
    try:
        facts = path.stat()
    except (OSError, ValueError):  # ValueError: a name with a NUL
        return None
    return facts.st_dev, facts.st_ino
