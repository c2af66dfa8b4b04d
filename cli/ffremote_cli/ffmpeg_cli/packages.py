"""Places the files of a package where the line says, and writes their names into its list."""

from collections.abc import Callable
from pathlib import Path

from ..errors import LocalFileProblem
from ..translate import Pattern, Translation


def pattern_path(pattern: Pattern, *, overwrite: bool | None) -> Path:
    """Return the path with the pattern of a package; raise LocalFileProblem if files would be lost.

    FFmpeg overwrites numbered files without a question; here -y is needed, as for other outputs.
    """
    first = Path(pattern.first_path)
    folders = {Path(name).parent for name in (pattern.path, pattern.list_path) if name}
    for folder in folders:
        if not folder.is_dir():
            raise LocalFileProblem(f"{folder}: No such file or directory")
        existing = next((each for each in folder.iterdir() if pattern.matches(each.name)), None)
        if existing is not None and not overwrite:
            raise LocalFileProblem(
                f"File '{existing}' already exists. Exiting.", hint="-y overwrites"
            )
    return first


def path_maker(translation: Translation) -> Callable[[str], Path] | None:
    """Return what gives the path of a package's file by its name; None without a package."""
    pattern = translation.pattern
    return None if pattern is None else lambda name: Path(pattern.target(name))


def relink_lists(translation: Translation) -> None:
    """Write the names that the files of a package have here into its list."""
    pattern = translation.pattern
    if pattern is None or pattern.list_path is None:
        return
    path = Path(pattern.list_path)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(pattern.relinked(path.read_text("utf-8")), "utf-8")
    partial.replace(path)
