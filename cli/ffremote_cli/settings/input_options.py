"""The options of the commands that take many inputs: which ones, and how many at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import Misused
from ..workflow.inputs import gather

F = TypeVar("F", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path)
_HELP = "Media file, directory of media files, or quoted pattern. Can be repeated."

at_once = click.option(
    "--jobs",
    "at_once",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    metavar="N",
    help="Number of inputs to process at the same time.",
)


def named_films(command: F) -> F:
    """Give the command its films, as words and by `-i`."""
    command = click.option("-i", "--input", "inputs", multiple=True, type=_PATH, help=_HELP)(
        command
    )
    return click.argument("films", nargs=-1, type=_PATH, metavar="[INPUT]...")(command)


def films_of(inputs: tuple[Path, ...], films: tuple[Path, ...]) -> list[Path]:
    """The films that were named; raises Misused when none was."""
    found = gather((*inputs, *films))
    if not found:
        raise Misused("there is no input", hint="name one with -i")
    return found
