"""Patterns of sequences, as FFmpeg reads them: a number such as `%03d`, or a glob."""

import glob
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from ...errors import LocalFileProblem, Misused
from .notation import PicturePattern, is_numbered

START_RANGE = 5
"""How many numbers from `start_number` on FFmpeg tries for the first picture."""

_NUMBER = re.compile(r"%(?:0(\d{1,2}))?d")


OnGap = Callable[[str], None]
"""Called with a sentence about pictures after a missing one, which are not part of the sequence."""


def find_pictures(pattern: PicturePattern, on_gap: OnGap) -> list[Path]:
    """Return the files of the pattern in order; raise LocalFileProblem if there is none."""
    if pattern.is_glob:
        return _matched(pattern.pattern)
    return _numbered(pattern.pattern, pattern.start_number, on_gap)


def matching_files(pattern: PicturePattern) -> list[Path]:
    """Return every file that the pattern fits, also those before and after the sequence."""
    if pattern.is_glob:
        return _matched(pattern.pattern)
    directory, numbers = _numbers(pattern.pattern)
    return [Path(directory, name) for name in numbers.values()]


def _matched(pattern: str) -> list[Path]:
    """Return the matches of a glob, in the order of FFmpeg: that of their bytes."""
    # Path.glob does not accept absolute patterns
    found = sorted(glob.glob(pattern), key=os.fsencode)  # noqa: PTH207
    if not found and "{" in pattern:
        raise Misused(f"{pattern}: braces are not supported in a pattern of pictures")
    if not found:
        raise LocalFileProblem(f"no picture matches {pattern}")
    return [Path(name) for name in found]


def _numbered(pattern: str, start_number: int | None, on_gap: OnGap) -> list[Path]:
    directory, numbers = _numbers(pattern)
    if not numbers:
        raise LocalFileProblem(f"no picture matches {pattern}")
    first = _first(pattern, sorted(numbers), start_number)
    last = first
    while last + 1 in numbers:
        last += 1
    _report_gap(numbers, last, on_gap)
    return [Path(directory, numbers[number]) for number in range(first, last + 1)]


def _numbers(pattern: str) -> tuple[str, dict[int, str]]:
    """Return the directory, and the names of its files that fit by their numbers."""
    folder, name = os.path.split(pattern)
    parts = _NUMBER.split(name.replace("%%", "\0"))
    if is_numbered(folder):
        raise Misused(f"{pattern}: the number must be in the name of the files, not in a directory")
    if len(parts) != 3:
        raise Misused(f"{pattern}: a pattern of pictures has one number, such as %03d")
    head, width, tail = (part.replace("\0", "%") if part else "" for part in parts)
    matching = re.compile(f"{re.escape(head)}([0-9]+){re.escape(tail)}", re.DOTALL)
    directory = folder.replace("%%", "%")
    numbers: dict[int, str] = {}
    for each in _names_in(directory or "."):
        found = matching.fullmatch(each)
        # `%03d` is 007 and 1234, but not 0007: FFmpeg would not find that file.
        if found and found[1] == f"{int(found[1]):0{int(width or 1)}d}":
            numbers[int(found[1])] = each
    return directory, numbers


def _names_in(directory: str) -> list[str]:
    try:
        return os.listdir(directory)  # noqa: PTH208, names only, of up to many files
    except OSError as exc:
        raise LocalFileProblem(f"{directory} cannot be read: {exc.strerror}") from exc


def _first(pattern: str, numbers: list[int], start_number: int | None) -> int:
    if start_number is None:
        return numbers[0]
    for number in range(start_number, start_number + START_RANGE):
        if number in numbers:
            return number
    raise LocalFileProblem(
        f"{pattern} has no picture with a number from {start_number} to "
        f"{start_number + START_RANGE - 1}",
        hint=f"its first number is {numbers[0]}: -start_number {numbers[0]}",
    )


def _report_gap(numbers: Mapping[int, str], last: int, on_gap: OnGap) -> None:
    """Report pictures that follow after a missing one: the sequence ends before it, as FFmpeg's."""
    later = [number for number in numbers if number > last]
    if not later:
        return
    following = min(later)
    missing = following - last - 1
    what = f"number {last + 1} is" if missing == 1 else f"numbers {last + 1} to {following - 1} are"
    on_gap(
        f"the sequence ends with {numbers[last]}, as with ffmpeg: {what} missing, and "
        f"{_counted(len(later))} left out, from {numbers[following]} on"
    )


def _counted(count: int) -> str:
    return "1 picture is" if count == 1 else f"{count} pictures are"
