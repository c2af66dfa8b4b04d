"""The options of the commands that take many inputs: which ones, and how many at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import Misused
from ..workflow.inputs import expand_inputs

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


def input_arguments(command: F) -> F:
    """Give the command its films, as words and by `-i`."""
    command = click.option("-i", "--input", "inputs", multiple=True, type=_PATH, help=_HELP)(
        command
    )
    return click.argument("paths", nargs=-1, type=_PATH, metavar="[INPUT]...")(command)


def inputs_of(inputs: tuple[Path, ...], paths: tuple[Path, ...]) -> list[Path]:
    """The films that were named; raises Misused when none was."""
    found = expand_inputs((*inputs, *paths))
    if not found:
        raise Misused("there is no input", hint="name one with -i")
    return found
