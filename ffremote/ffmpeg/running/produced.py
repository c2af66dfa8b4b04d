"""The files that an attempt made, compared with what its plan expects.

Nothing is opened: names, kinds and sizes are read with lstat, since a decoder that a crafted input
took over could have made links and devices in the attempt's directory.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ffremote.files.publication import ProducedFile
from ffremote.states import FailureReason

from ..model.failure import TranscodeError, refuse
from ..model.limits import Limits
from ..model.plan import Plan
from ..model.planned_output import OutputKind, PlannedOutput

_NUMBERS = re.compile(r"(\d+)")


Lengths = Mapping[int, float | Mapping[str, float] | None]
"""The seconds of outputs by number: of a file, or of the files of a package by name."""


def produced_files(
    plan: Plan, limits: Limits, lengths: Lengths, *, cwd: Path
) -> tuple[ProducedFile, ...]:
    """Return the files of `plan.outputs` in the order of publication; none for a report.

    Raise TranscodeError for a
    file that is missing, unexpected, no regular file, or too much.
    """
    found: list[ProducedFile] = []
    size = 0
    for number, output in enumerate(plan.outputs):
        for path, each in _files(output, cwd):
            size += _checked_size(path, each.name)
            length = lengths.get(number)
            seconds = length.get(each.name) if isinstance(length, Mapping) else length
            found.append(replace(each, duration=seconds))
    refuse_too_much(len(found), size, limits)
    return tuple(found)


def members_of(output: PlannedOutput, limits: Limits, *, cwd: Path) -> tuple[ProducedFile, ...]:
    """Return the files of a package in the order of publication; raise as `produced_files`."""
    found, size = [], 0
    for path, each in _files(output, cwd):
        size += _checked_size(path, each.name)
        found.append(each)
    refuse_too_much(len(found), size, limits)
    return tuple(found)


def refuse_too_much(files: int, size: int, limits: Limits) -> None:
    """Raise TranscodeError for more files or bytes than one job may make."""
    if files > limits.max_files:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The job makes more than {limits.max_files} files.",
            "Make fewer and longer segments, or fewer pictures.",
        )
    if size > limits.max_output_bytes:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"The files of the job together are larger than {limits.max_output_bytes} bytes.",
            "Use a lower bitrate or a smaller picture; the operator can raise"
            " FFREMOTE_MAX_OUTPUT_BYTES.",
        )


def _files(output: PlannedOutput, cwd: Path) -> Iterator[tuple[Path, ProducedFile]]:
    if output.kind is OutputKind.FILE:
        yield (
            cwd / output.path,
            ProducedFile(output.path, output.name, output.media_type),
        )
    elif output.kind is OutputKind.PACKAGE:
        yield from _members(output, cwd)


def _members(output: PlannedOutput, cwd: Path) -> Iterator[tuple[Path, ProducedFile]]:
    """Yield the files of a package; raise TranscodeError unless all are expected."""
    left = sorted(_names(cwd / output.path), key=_by_number)
    for member in output.members:
        pattern = re.compile(member.pattern)
        names = [name for name in left if pattern.fullmatch(name)]
        left = [name for name in left if not pattern.fullmatch(name)]
        if len(names) < member.least:
            raise _truncated(f"FFmpeg wrote {len(names)} files {member.pattern!r} of the package.")
        if member.most is not None and len(names) > member.most:
            raise _unexpected(names[member.most])
        for name in names:
            path = f"{output.path}/{name}"
            yield cwd / path, ProducedFile(path, name, member.media_type)
    if left:
        raise _unexpected(left[0])


def _names(folder: Path) -> Sequence[str]:
    if folder.is_symlink() or not folder.is_dir():
        raise _truncated("FFmpeg wrote no package.")
    return os.listdir(folder)  # noqa: PTH208 - names, for up to 20,000 entries


def _by_number(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts `seg9` before `seg10`."""
    parts = _NUMBERS.split(name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _checked_size(path: Path, name: str) -> int:
    try:
        found = path.lstat()
    except OSError as exc:
        raise _truncated(f"FFmpeg wrote no file {name!r}.") from exc
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise _unexpected(name)
    if found.st_size == 0:
        raise _truncated(f"The file {name!r} is empty.")
    return found.st_size


def _truncated(message: str) -> TranscodeError:
    return refuse(
        FailureReason.OUTPUT_TRUNCATED,
        message,
        "Check that the chosen part of the input is not empty.",
    )


def _unexpected(name: str) -> TranscodeError:
    return refuse(
        FailureReason.UNKNOWN,
        f"The job left {name[:300]!r}, which its plan does not expect; nothing was published.",
        "The input may be crafted to harm the server; tell the operator.",
    )
