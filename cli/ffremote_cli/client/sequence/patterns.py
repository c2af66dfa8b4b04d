"""Patterns of sequences, as FFmpeg reads them: a number such as `%03d`, or a glob."""

import glob
import os
import re
from collections.abc import Mapping
from pathlib import Path

from ...errors import LocalFileProblem, Misused

START_RANGE = 5
"""How many numbers from `start_number` on FFmpeg tries for the first picture."""

_NUMBER = re.compile(r"%(?:0(\d{1,2}))?d")


def find_pictures(pattern: str, *, start_number: int | None = None) -> list[Path]:
    """Return the files of the pattern in order; raise LocalFileProblem for none or a gap."""
    if is_numbered(pattern):
        return _numbered(pattern, start_number)
    return _matched(pattern)


def is_numbered(pattern: str) -> bool:
    """Whether the pattern has a number such as `%d` or `%03d`."""
    return _NUMBER.search(pattern.replace("%%", "")) is not None


def _matched(pattern: str) -> list[Path]:
    """Return the matches of a glob, in the order of FFmpeg: that of their bytes."""
    if "{" in pattern:
        raise Misused(f"{pattern}: braces are not supported in a pattern of pictures")
    # Path.glob does not accept absolute patterns
    found = sorted(glob.glob(pattern), key=os.fsencode)  # noqa: PTH207
    if not found:
        raise LocalFileProblem(f"no picture matches {pattern}")
    return [Path(name) for name in found]


def _numbered(pattern: str, start_number: int | None) -> list[Path]:
    folder, name = os.path.split(pattern)
    if is_numbered(folder):
        raise Misused(f"{pattern}: the number must be in the name of the files, not in a directory")
    directory = folder.replace("%%", "%")
    numbers = _numbers(pattern, directory, name)
    if not numbers:
        raise LocalFileProblem(f"no picture matches {pattern}")
    first = _first(pattern, sorted(numbers), start_number)
    last = first
    while last + 1 in numbers:
        last += 1
    _refuse_gap(numbers, last)
    return [Path(directory, numbers[number]) for number in range(first, last + 1)]


def _numbers(pattern: str, directory: str, name: str) -> dict[int, str]:
    """Return the numbers that the directory has of the pattern, with the names of their files."""
    parts = _NUMBER.split(name.replace("%%", "\0"))
    if len(parts) != 3:
        raise Misused(f"{pattern}: a pattern of pictures has one number, such as %03d")
    head, width, tail = (part.replace("\0", "%") if part else "" for part in parts)
    matching = re.compile(f"{re.escape(head)}([0-9]+){re.escape(tail)}", re.DOTALL)
    numbers: dict[int, str] = {}
    try:
        names = os.listdir(directory or ".")  # noqa: PTH208, names only, of up to many files
    except OSError as exc:
        raise LocalFileProblem(f"{directory or '.'} cannot be read: {exc.strerror}") from exc
    for each in names:
        found = matching.fullmatch(each)
        # `%03d` is 007 and 1234, but not 0007: FFmpeg would not find that file.
        if found and found[1] == f"{int(found[1]):0{int(width or 1)}d}":
            numbers[int(found[1])] = each
    return numbers


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


def _refuse_gap(numbers: Mapping[int, str], last: int) -> None:
    """Raise LocalFileProblem if pictures follow after a missing one: FFmpeg would end there."""
    later = [number for number in numbers if number > last]
    if not later:
        return
    following = min(later)
    missing = following - last - 1
    what = f"number {last + 1} is" if missing == 1 else f"numbers {last + 1} to {following - 1} are"
    raise LocalFileProblem(
        f"the sequence has a gap: {what} missing between {numbers[last]} and {numbers[following]}",
        hint="add the missing pictures, or name the files by a glob such as 'img*.png'",
    )
