"""-var_stream_map: the variants of HLS, and where the files of each go."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ..errors import CannotTranslate
from .pattern import Pattern, relinked_lines

PLACE = "%v"
"""What stands for the name of a variant in paths."""
_STREAM = re.compile(r"[va]:\d{1,2}")
_FILE = re.compile(r"(init-)?variant(\d+)(.*)")
_MASTER = "index.m3u8"
_KEYS = {"agroup": "audio_group", "language": "language", "default": "default"}


@dataclass(frozen=True, slots=True)
class StreamMap:
    """The variants for the job, and what `%v` stands for in the paths of each."""

    variants: tuple[dict[str, Any], ...]
    names: tuple[str, ...]


def read_stream_map(text: str | None) -> StreamMap:
    """Return the value of -var_stream_map, without one a variant of all streams.

    Raise CannotTranslate for what a job has no key for.
    """
    if text is None:
        return StreamMap(({},), ("0",))
    variants: list[dict[str, Any]] = []
    names: list[str] = []
    for number, item in enumerate(text.split()):
        name = str(number)
        variant: dict[str, Any] = {"streams": []}
        for part in item.split(","):
            key, _, value = part.partition(":")
            if _STREAM.fullmatch(part):
                variant["streams"].append(part)
            elif key == "name" and re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", value):
                name = value
            elif key in _KEYS and value:
                variant[_KEYS[key]] = value in ("yes", "1") if key == "default" else value
            else:
                raise CannotTranslate(
                    f"-var_stream_map {part}",
                    "supported are v:0, a:0, name:, agroup:, language: and default:",
                )
        variants.append(variant)
        names.append(name)
    return StreamMap(tuple(variants), tuple(names))


def variants_of(text: str) -> tuple[dict[str, Any], ...]:
    """Return the variants of a text without names; raise CannotTranslate."""
    if "name:" in text:
        raise CannotTranslate("name:", "the server names the files of variants")
    return read_stream_map(text).variants


@dataclass(frozen=True, slots=True)
class VariantPattern(Pattern):
    """The paths of the files of all variants, and of the playlist above theirs."""

    parts: tuple[Pattern, ...] = ()
    master: str | None = None

    def target(self, name: str) -> str | None:
        """Return the path of a file by the server's name; None for one that is not wanted."""
        bare = self.bare(name)
        match = _FILE.fullmatch(bare)
        if bare == _MASTER:
            return self.master
        if match is None or int(match[2]) >= len(self.parts):
            return None
        head, number, rest = match.groups()
        own = "init.mp4" if head else _MASTER if rest == ".m3u8" else f"segment{rest}"
        return self.parts[int(number)].target(own)

    @property
    def lists(self) -> tuple[str, ...]:
        """The paths of the playlists."""
        own = tuple(path for part in self.parts for path in part.lists)
        return own if self.master is None else (*own, self.master)

    @property
    def folders(self) -> dict[str, bool]:
        """The directories, and whether each is created, as FFmpeg does for `%v`."""
        made = {path: True for part in self.parts for path in part.folders}
        kept = {str(PurePath(path).parent) for path in (self.path, self.first_path)}
        return {path: path not in kept for path in made}

    def matches(self, name: str) -> bool:
        """Whether a file name is one that a variant could have."""
        is_master = self.master is not None and PurePath(self.master).name == name
        return is_master or any(part.matches(name) for part in self.parts)

    def relinked(self, text: str, path: str) -> str:
        """Return the text of a playlist with the names that the files have here."""
        return relinked_lines(text, path, self.target)


def variant_pattern(pattern: Pattern, names: Sequence[str], master: str | None) -> VariantPattern:
    """Return where the files of variants go; raise CannotTranslate for paths that all share."""
    path, list_path = pattern.path, pattern.list_path or ""
    for each in (path, list_path):
        if len(names) > 1 and PLACE not in each:
            raise CannotTranslate(each, f"the files of variants need {PLACE} in their paths")
    folder = PurePath(list_path).parent
    above = folder.parent if PLACE in folder.name else folder
    parts = tuple(
        Pattern(
            path.replace(PLACE, name),
            list_path.replace(PLACE, name),
            head=_numbered(pattern.head, number) if len(names) > 1 else pattern.head,
        )
        for number, name in enumerate(names)
    )
    return VariantPattern(
        path,
        list_path,
        remarks=pattern.remarks,
        parts=parts,
        master=None if master is None else str(above / master),
    )


def _numbered(head: str, number: int) -> str:
    """Return the name of the head of fragmented MP4 as FFmpeg numbers it."""
    if PLACE in head:
        return head.replace(PLACE, str(number))
    path = PurePath(head)
    return f"{path.stem}_{number}{path.suffix}"
