"""Describes files by parts of them, and sends the rest only where the server needs it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..client.excerpt.parts import MAX_BYTES, Excerpt, first_excerpt
from ..errors import Refused
from .conversion import Conversion, ConversionResult

ROUNDS = 3
"""How often parts are sent, each time with what the server missed, before the whole file is."""

MISSING_BYTES = 2 << 20
"""Sent of each range that the server missed; four times as much in the round after."""

Run = Callable[[Conversion], ConversionResult]


@dataclass(frozen=True, slots=True)
class Described:
    """The completed job that describes the files."""

    result: ConversionResult
    sent_bytes: int | None
    """Bytes that were sent if parts of the files were, the files after them included; else None."""


def describe(conversion: Conversion, run: Run, say: Callable[[str], None]) -> Described:
    """Run the job of a probe on parts of its files, or on the files if parts are not enough.

    `run` runs a job to its end; `say` gets a sentence before files are sent after their parts.
    """
    excerpts, sent = _first_excerpts(conversion), 0
    for turn in range(ROUNDS):
        if not excerpts:
            break
        try:
            result = run(replace(conversion, job=_with(conversion.job, excerpts)))
        except Refused as exc:
            if not str(exc.details.get("field", "")).endswith("excerpt"):
                raise
            break  # the server or its workers are of an earlier version
        missing = _missing(result.job)
        if not missing:
            return Described(
                result, None if _was_there(result, excerpts) else sent + result.bytes_before
            )
        sent += result.bytes_before
        excerpts = _larger(excerpts, missing, MISSING_BYTES << 2 * turn)
    if sent:
        what = "its description needs more than parts of the file, so all of it is sent"
        say(f"{conversion.shown}: {what}")
    result = run(conversion)
    return Described(result, sent + result.bytes_before if sent else None)


def _first_excerpts(conversion: Conversion) -> dict[int, Excerpt]:
    """Return the parts of the files that are not sent whole; of none if others are too large."""
    paths, sections = conversion.inputs, _sections(conversion.job)
    found: dict[int, Excerpt] = {}
    whole = 0
    for number, (path, section) in enumerate(zip(paths, sections, strict=True)):
        excerpt = first_excerpt(path) if section.get("role", "media") == "media" else None
        if excerpt is not None:
            found[number] = excerpt
        else:
            whole += _size(path)
    return {} if len(paths) > 1 and whole > MAX_BYTES else found


def _larger(
    excerpts: Mapping[int, Excerpt],
    missing: Mapping[int, Sequence[tuple[int, int]]],
    most: int,
) -> dict[int, Excerpt]:
    """Return the excerpts with what was missing; none if that is too much of any file."""
    larger = dict(excerpts)
    for number, ranges in missing.items():
        found = excerpts[number].with_missing(ranges, most) if number in excerpts else None
        if found is None:
            return {}
        larger[number] = found
    return larger


def _missing(job: Mapping[str, Any]) -> dict[int, list[tuple[int, int]]]:
    """Return what the server read outside of the parts, by the numbers of the inputs."""
    inputs = job.get("inputs") or [job.get("input") or {}]
    return {
        number: [(each[0], each[1]) for each in said["missing"] if _is_range(each)]
        for number, said in enumerate(inputs)
        if said.get("missing")
    }


def _is_range(said: Any) -> bool:
    return isinstance(said, list) and [type(each) for each in said] == [int, int]


def _with(job: Mapping[str, Any], excerpts: Mapping[int, Excerpt]) -> dict[str, Any]:
    sections = [dict(section) for section in _sections(job)]
    for number, excerpt in excerpts.items():
        sections[number]["excerpt"] = excerpt.to_json()
    return {**job, "inputs": sections} if "inputs" in job else {**job, "input": sections[0]}


def _sections(job: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return job.get("inputs") or [job.get("input") or {}]


def _was_there(result: ConversionResult, excerpts: Mapping[int, Excerpt]) -> bool:
    """Whether the server had the whole file, so that its only input has no parts."""
    [first, *others] = excerpts.values()
    return not others and result.bytes_before == first.size


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0  # the upload reports it
