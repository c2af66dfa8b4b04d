"""Where the files of a package go, and what its lists then name."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

NUMBER = re.compile(r"%(0?)(\d{0,2})d")
_INDEX = re.compile(r"index\.(?:m3u8|csv|mpd)")
_OF_NAME = re.compile(r"(\d+)\.[a-z0-9]+")
_HEAD = "init.mp4"
_URI = re.compile(r'URI="([^"]*)"')
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
    head: str = _HEAD
    """The name of the head of fragmented MP4."""
    prefix: str = ""
    """What the server's names begin with, to differ from those of other outputs."""

    @property
    def first_path(self) -> str:
        """The path that the line names."""
        return self.path if self.list_path is None else self.list_path

    @property
    def archive_name(self) -> str:
        """A name for all files together."""
        return f"{PurePath(self.first_path).stem.split('%')[0] or 'files'}.zip"

    @property
    def lists(self) -> tuple[str, ...]:
        """The paths of the lists."""
        return () if self.list_path is None else (self.list_path,)

    @property
    def folders(self) -> dict[str, bool]:
        """The directories of the files, and whether each is created."""
        return {str(PurePath(name).parent): False for name in (self.path, self.list_path) if name}

    def bare(self, name: str) -> str:
        """Return the server's name as it is in a job with one output."""
        return re.sub(rf"(?<![\w-])(init-)?{self.prefix}", r"\1", name) if self.prefix else name

    def target(self, name: str) -> str | None:
        """Return the path of a file by the server's name for it; None for one not wanted."""
        name = self.bare(name)
        if self.list_path is not None and _INDEX.fullmatch(name):
            return self.list_path
        found = _OF_NAME.search(name)
        if self.path and found is not None:
            return NUMBER.sub(lambda m: f"{int(found[1]):{m[1]}{m[2]}d}", self.path, count=1)
        renamed = self.head if name == _HEAD else self._renamed(name)
        return str(PurePath(self.first_path).parent / renamed)

    def matches(self, name: str) -> bool:
        """Whether a file name is one that the package could have."""
        if self.list_path is not None and PurePath(self.list_path).name == name:
            return True
        if not self.path:
            return any(name.startswith(start) for start in ("init-stream", "chunk-stream"))
        before, after = (re.escape(each) for each in NUMBER.split(PurePath(self.path).name)[::3])
        return re.fullmatch(rf"{before}\d+{after}", name) is not None

    def relinked(self, text: str, path: str) -> str:
        """Return the text of the list at `path` with the names that the files have here."""
        if not self.path:
            return self._renamed(self.bare(text))
        return relinked_lines(text, path, self.target)

    def _renamed(self, text: str) -> str:
        for name, instead in self.renames:
            text = re.sub(name, instead, text)
        return text


def relinked_lines(text: str, path: str, target: Callable[[str], str | None]) -> str:
    """Return the text of the list at `path` with the paths of the files that it names."""

    def here(name: str) -> str:
        return os.path.relpath(target(name) or name, PurePath(path).parent)

    lines = text.splitlines(keepends=True)
    return "".join(_relinked_line(line, here) for line in lines)


def _relinked_line(line: str, here: Callable[[str], str]) -> str:
    if line.startswith("#"):
        return _URI.sub(lambda match: f'URI="{here(match[1])}"', line)
    name, comma, rest = line.partition(",")
    bare = name.strip()
    if not bare:
        return line
    return f"{here(bare)}{comma}{rest}" if comma else f"{here(bare)}{name[len(name.rstrip()) :]}"
