"""Places the files of packages where the line says, and writes their names into their lists."""

import re
from collections.abc import Callable
from pathlib import Path

from ..errors import LocalFileProblem
from ..translate import Pattern, Translation

_NUMBER = re.compile(r"(?:init-)?([1-9])-")
"""What the names of files of further outputs begin with."""


def pattern_path(pattern: Pattern, *, overwrite: bool | None) -> Path:
    """Return the path with the pattern of a package; raise LocalFileProblem if files would be lost.

    FFmpeg overwrites numbered files without a question; here -y is needed, as for other outputs.
    """
    for name, is_created in pattern.folders.items():
        folder = Path(name)
        if is_created:
            _create(folder)
        if not folder.is_dir():
            raise LocalFileProblem(f"{folder}: No such file or directory")
        existing = next((each for each in folder.iterdir() if pattern.matches(each.name)), None)
        if existing is not None and not overwrite:
            raise LocalFileProblem(
                f"File '{existing}' already exists. Exiting.", hint="-y overwrites"
            )
    return Path(pattern.first_path)


def _create(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise LocalFileProblem(f"{folder} cannot be created: {exc.strerror}") from exc


def path_maker(translation: Translation) -> Callable[[str], Path | None] | None:
    """Return what gives the path of a package's file by its name, None for a file not wanted.

    Without a package there is nothing to give.
    """
    if not translation.patterns:
        return None

    def path_of(name: str) -> Path | None:
        match = _NUMBER.match(name)
        number = int(match[1]) if match else 0
        pattern = translation.patterns.get(number) or translation.patterns.get(0)
        target = None if pattern is None else pattern.target(name)
        return None if target is None else Path(target)

    return path_of


def relink_lists(translation: Translation) -> None:
    """Write the names that the files of packages have here into their lists."""
    for pattern in translation.patterns.values():
        for name in pattern.lists:
            path = Path(name)
            partial = path.with_name(f".{path.name}.partial")
            partial.write_text(pattern.relinked(path.read_text("utf-8"), name), "utf-8")
            partial.replace(path)
