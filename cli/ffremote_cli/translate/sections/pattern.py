"""Where the files of a package go, and what its lists then name."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

NUMBER = re.compile(r"%(0?)(\d{0,2})d")
_INDEX = re.compile(r"index\.(?:m3u8|csv|mpd)")
_OF_NAME = re.compile(r"(\d+)\.[a-z0-9]+")
DASH_NAMES = (
    (r"init-(\d+)\.mp4", r"init-stream\1.m4s"),
    (r"segment-(\d+)-(\d+)\.m4s", r"chunk-stream\1-\2.m4s"),
    (r"init-(\$RepresentationID\$)\.mp4", r"init-stream\1.m4s"),
    (
        r"segment-(\$RepresentationID\$)-(\$Number%05d\$)\.m4s",
        r"chunk-stream\1-\2.m4s",
    ),
)
"""The server's names and templates of DASH, and those of ffmpeg."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """The paths of the files; `%03d` in `path` stands for the number of each."""

    path: str
    list_path: str | None = None
    """The path of the list, playlist or manifest."""
    renames: Sequence[tuple[str, str]] = ()
    """Regular expressions for names, and what they become, where `path` is empty."""
    remarks: tuple[str, ...] = ()

    @property
    def first_path(self) -> str:
        """The path that the line names."""
        return self.path if self.list_path is None else self.list_path

    @property
    def archive_name(self) -> str:
        """A name for all files together."""
        return f"{PurePath(self.first_path).stem.split('%')[0] or 'files'}.zip"

    def target(self, name: str) -> str:
        """Return the path of a file by the server's name for it."""
        if self.list_path is not None and _INDEX.fullmatch(name):
            return self.list_path
        found = _OF_NAME.search(name)
        if self.path and found is not None:
            return NUMBER.sub(lambda m: f"{int(found[1]):{m[1]}{m[2]}d}", self.path, count=1)
        return str(PurePath(self.first_path).parent / self._renamed(name))

    def matches(self, name: str) -> bool:
        """Whether a file name is one that the package could have."""
        if self.list_path is not None and PurePath(self.list_path).name == name:
            return True
        if not self.path:
            return any(name.startswith(start) for start in ("init-stream", "chunk-stream"))
        before, after = (re.escape(each) for each in NUMBER.split(PurePath(self.path).name)[::3])
        return re.fullmatch(rf"{before}\d+{after}", name) is not None

    def relinked(self, text: str) -> str:
        """Return the text of a list with the names that the files have here."""
        if not self.path:
            return self._renamed(text)
        return "".join(self._relinked_line(line) for line in text.splitlines(keepends=True))

    def _relinked_line(self, line: str) -> str:
        name, comma, rest = line.partition(",")
        bare = name.strip()
        if line.startswith("#") or not _OF_NAME.search(bare):
            return line
        here = os.path.relpath(self.target(bare), PurePath(self.first_path).parent)
        return f"{here}{comma}{rest}" if comma else f"{here}{name[len(name.rstrip()) :]}"

    def _renamed(self, text: str) -> str:
        for name, instead in self.renames:
            text = re.sub(name, instead, text)
        return text
