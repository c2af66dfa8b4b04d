"""A command-line option for one key of the job JSON: names, type, help, and the key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from .completion import files, values_of
from .shown_default import ShownDefault


def number(text: str) -> int | float:
    """Return an int if the text is one, else a float: JSON has both. Raise BadParameter."""
    try:
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError as exc:
        raise click.BadParameter(f"{text!r} is not a number") from exc


def pair(text: str) -> tuple[str, str]:
    """Split `KEY=VALUE`; raise BadParameter for any other text."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE")
    return key, value


def volume(text: str) -> str | int | float:
    """Return decibels such as `-3dB` unchanged, and a factor as a number."""
    return text if text.endswith("dB") else number(text)


def track(text: str) -> str | int | float:
    """Return `auto` unchanged, and the index of a stream as a number."""
    return text if text == "auto" else number(text)


FLAG, OFF, LIST, ARGS = object(), object(), object(), object()
"""Kinds of options that are no plain value.

A flag sets its key to true, an off switch sets its section to false, a list takes one item per use,
and ARGS splits each use into words as a shell does.
"""


@dataclass(frozen=True, slots=True)
class SideFile:
    """The kind of an option that names a further file of the job."""

    keys: Mapping[str, Callable[[str], Any]] | None
    """What may be said about the file, with the conversion of each value; None: it is used once."""


@dataclass(frozen=True, slots=True)
class JobOption:
    """One option and the key that it sets, such as `video.crf`."""

    names: tuple[str, ...]
    path: str
    kind: Any
    metavar: str
    help: str
    default: str | None = None
    """The server's default, as text for the help."""

    @property
    def parameter(self) -> str:
        """The name of the parameter in click, unique among all options."""
        return "job_" + self.path.replace(".", "_") + ("_off" if self.kind is OFF else "")

    def click_option(self) -> click.Option:
        """Return the option as click takes it."""
        names = [*self.names, self.parameter]
        if self.kind in (FLAG, OFF):
            return click.Option(names, is_flag=True, help=self.help)
        if self.kind in (LIST, ARGS) or isinstance(self.kind, SideFile):
            completer = files if isinstance(self.kind, SideFile) else None
            return click.Option(
                names,
                multiple=True,
                metavar=self.metavar,
                help=self.help,
                shell_complete=completer,
            )
        several = self.kind is pair
        return ShownDefault(
            names,
            type=self.kind,
            multiple=several,
            metavar=self.metavar or None,
            help=self.help,
            shown_default=self.default,
            shell_complete=values_of(self.path),
        )


def option(
    names: str,
    path: str,
    metavar: str,
    help: str,
    kind: Any = str,
    *,
    default: str | None = None,
) -> JobOption:
    """Return the option whose names are the words of `names`."""
    return JobOption(tuple(names.split()), path, kind, metavar, help, default)
