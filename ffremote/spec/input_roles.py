"""Checks the roles of a job's inputs against each other, and against what names the inputs."""

from collections.abc import Callable, Sequence

from .roles import FILES, UNPROBED
from .sections import Input

FieldOf = Callable[[int], str]
"""The name of an input in a message, by its number: `inputs[1]`."""

_ANY_ROLE = frozenset({"role", "upload_id"})


def check_roles(sources: Sequence[Input], field_of: FieldOf) -> None:
    """Raise ValueError for roles in the wrong order, or keys that a file without streams has not.

    Fonts and LUTs are no inputs of FFmpeg. They come last, so that its numbers of the
    inputs, which maps and graphs use, are those of the job.
    """
    files = [number for number, source in enumerate(sources) if not source.has_streams]
    if files and len(files) == len(sources):
        raise ValueError(
            f"{field_of(0)}.role is {sources[0].role}, and no other input has streams for the"
            " result"
        )
    for number, source in enumerate(sources):
        if source.role in UNPROBED:
            _check_keys(source, field_of(number))
        if source.role != "media" and source.format is not None:
            raise ValueError(f"{field_of(number)}.format has no meaning for the role {source.role}")
    first = min(files, default=len(sources))
    late = next((n for n in range(first, len(sources)) if n not in files), None)
    if late is not None:
        raise ValueError(
            f"{field_of(first)}.role is {sources[first].role}: inputs of the roles"
            f" {' and '.join(FILES)} come after all others, and {field_of(late)} follows it"
        )


def refuse_without_streams(sources: Sequence[Input], number: int, field: str) -> None:
    """Raise ValueError if `field` takes streams of an input that has none."""
    source = sources[number]
    if not source.has_streams:
        raise ValueError(f"{field} names input {number}, a {source.role}, which has no streams")


def refuse_others_than_media(sources: Sequence[Input], field_of: FieldOf) -> None:
    """Raise ValueError for an input that cannot be joined with others; pictures can."""
    for number, source in enumerate(sources):
        if source.role not in ("media", "sequence"):
            raise ValueError(
                f"concat joins media and sequences, and {field_of(number)}.role is {source.role};"
                " leave it out, and use it in a second job on the result"
            )


def _check_keys(source: Input, field: str) -> None:
    given = source.model_dump(exclude_none=True, exclude_defaults=True).keys() - _ANY_ROLE
    if given:
        raise ValueError(f"{field}.{min(given)} has no meaning for the role {source.role}")
