"""Tags and chapters that are taken from an input: `-map_metadata 1`, `-map_chapters 1`."""

from collections.abc import Iterable

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec

from .options import Option

_OPTIONS = ("map_metadata", "map_chapters")
_NONE = -1


def metadata_inputs(options: Iterable[Option]) -> dict[int, Option]:
    """Return the numbers of the inputs whose tags or chapters are taken, with the option."""
    named = [option for option in options if option.name in _OPTIONS]
    numbers = [int((option.value or "").partition(":")[0]) for option in named]
    return {n: option for n, option in zip(numbers, named, strict=True) if n != _NONE}


def check_metadata_inputs(options: Iterable[Option], spec: JobSpec) -> None:
    """Raise InvalidArgument for an input that the job does not have, or that holds no tags."""
    sources = spec.sources
    for number, option in metadata_inputs(options).items():
        if number >= len(sources):
            count = len(sources)
            has = "1 input, which is 0" if count == 1 else f"{count} inputs, from 0"
            raise InvalidArgument(
                option.field, f"{option.argv[0]} names input {number}; the job has {has}."
            )
        if not sources[number].has_streams:
            role = sources[number].role
            raise InvalidArgument(
                option.field, f"{option.argv[0]} names input {number}, a {role}, which has no tags."
            )
