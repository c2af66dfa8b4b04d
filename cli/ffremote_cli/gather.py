"""Which films a person means: files, all films of a directory, what a pattern matches."""

import glob
from collections.abc import Iterable
from pathlib import Path

from .errors import LocalFileProblem

_ENDINGS = """
    .3g2 .3gp .aac .ac3 .aiff .asf .avi .flac .flv .gif .m2t .m2ts .m4a .m4b .m4r .m4v .mka .mkv
    .mov .mp2 .mp3 .mp4 .mpeg .mpg .mts .mxf .ogg .oga .ogv .opus .ts .vob .wav .webm .wma .wmv"""
ENDINGS = frozenset(_ENDINGS.split())
"""What a file in a directory must end with to be taken for a film."""


def gather(words: Iterable[Path]) -> list[Path]:
    """The films in the order of the words, each once."""
    found: dict[Path, None] = {}
    for word in words:
        found |= dict.fromkeys(_films_of(word))
    return list(found)


def _films_of(word: Path) -> list[Path]:
    if word.is_dir():
        films = sorted(
            path
            for path in word.rglob("*")
            if path.suffix.lower() in ENDINGS and path.is_file() and not path.name.startswith(".")
        )
        if not films:
            raise LocalFileProblem(f"there is no film in the directory {word}")
        return films
    if not word.exists() and glob.has_magic(str(word)):
        # Path.glob takes no absolute pattern
        matched = sorted(map(Path, glob.glob(str(word), recursive=True)))  # noqa: PTH207
        if not matched:
            raise LocalFileProblem(f"nothing matches {word}")
        return matched
    return [word]
