"""A sequence of pictures as a path, so that it travels wherever the path of a file does."""

import glob
import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

_NUMBER = re.compile(r"%(?:0\d{1,2})?d")
_MARKED = re.compile(r"(.+):(?:start_number=(\d{1,9})|pattern_type=(glob|sequence))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PicturePattern(os.PathLike[str]):
    """`img%03d.png`, from a number on if there is one, or a glob such as `img*.png`."""

    pattern: str
    start_number: int | None = None
    is_glob: bool = False

    def __fspath__(self) -> str:
        """Return the path that `pattern_at` reads."""
        if self.is_glob:
            return f"{self.pattern}:pattern_type=glob"
        if self.start_number is not None:
            return f"{self.pattern}:start_number={self.start_number}"
        return f"{self.pattern}:pattern_type=sequence"

    @property
    def path(self) -> Path:
        """The path of the pattern, as it was typed where that is enough."""
        typed = Path(self.pattern)
        return typed if pattern_at(typed) == self else Path(self)

    @property
    def absolute(self) -> "PicturePattern":
        """The same pattern for a process in another directory."""
        if Path(self.pattern).is_absolute():
            return self
        folder = str(Path.cwd())
        folder = glob.escape(folder) if self.is_glob else folder.replace("%", "%%")
        return replace(self, pattern=str(Path(folder, self.pattern)))


def pattern_at(path: Path) -> PicturePattern | None:
    """Return the pattern that the path is, or None for that of one file.

    A file with that name is that file. `img%03d.png` and `*.png` are patterns where there is none;
    `img%03d.png:start_number=7` begins with that number.
    """
    if os.path.lexists(path):
        return None
    if marked := _MARKED.fullmatch(str(path)):
        pattern, number, kind = marked.groups()
        return PicturePattern(pattern, int(number) if number else None, kind == "glob")
    if is_numbered(path.name):
        return PicturePattern(str(path))
    return PicturePattern(str(path), is_glob=True) if glob.has_magic(path.name) else None


def is_numbered(pattern: str) -> bool:
    """Whether the pattern has a number such as `%d` or `%03d`."""
    return _NUMBER.search(pattern.replace("%%", "")) is not None
