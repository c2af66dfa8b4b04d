"""Colours of states on a terminal; none with NO_COLOR, in a pipe, or on a dumb terminal."""

import os
import sys
from collections.abc import Mapping

import click

_COLOURS = {
    "completed": "green",
    "up": "green",
    "running": "cyan",
    "uploading": "cyan",
    "queued": "yellow",
    "draining": "yellow",
    "failed": "red",
    "gone": "red",
}


def has_colours() -> bool:
    """Whether stdout shows colours, by the convention of no-color.org."""
    is_wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return is_wanted and sys.stdout.isatty()


def in_colour(state: str) -> str:
    """Return the text of a state, such as `running 40 %`, in the colour of its first word."""
    colour = _COLOURS.get(state.partition(" ")[0])
    return click.style(state, fg=colour) if colour and has_colours() else state


def coloured(lines: str, states: Mapping[str, str]) -> str:
    """Return a table with the states coloured; `states` has that of each line by its first word."""
    if not has_colours():
        return lines
    return "\n".join(_line(line, states) for line in lines.split("\n"))


def _line(line: str, states: Mapping[str, str]) -> str:
    first = line.partition(" ")[0]
    state = states.get(first)
    if not state:
        return line
    head, rest = line[: len(first)], line[len(first) :]
    return head + rest.replace(state, in_colour(state), 1)
