"""docs/cli.md: the manual as Markdown."""

import re
from collections.abc import Sequence

import click

from .pages import pages, shared_records
from .text import (
    ERROR_CODES,
    ERRORS,
    EXIT_STATUSES,
    FFMPEG_COMMAND,
    INTRODUCTION,
    LIBRARY,
    VARIABLES,
)


def render(group: click.Group) -> str:
    """Return the text of docs/cli.md."""
    parts = [
        "# The command line",
        INTRODUCTION,
        "## Global options",
        _table(shared_records(group)),
        "## Exit status",
        _table([(str(int(key)), text) for key, text in EXIT_STATUSES.items()]),
        ERRORS,
        _table(list(ERROR_CODES.items())),
        "## Environment",
        _table(list(VARIABLES.items())),
    ]
    for page in pages(group):
        parts += [f"## ffremote {page.name}", f"```\n{page.usage}\n```", page.help]
        for title, records in page.sections.items():
            parts += [f"**{title}**", _table(records)] if records else [f"…{title}."]
        if page.examples:
            parts += ["**Examples**", "```sh\n" + "\n".join(page.examples) + "\n```"]
        if page.name == "ffmpeg":
            parts.append(FFMPEG_COMMAND)
    return "\n\n".join([*parts, LIBRARY]) + "\n"


def _table(records: Sequence[tuple[str, str]]) -> str:
    rows = [f"| `{left}` | {_cell(right)} |" for left, right in records]
    return "\n".join(["| | |", "|---|---|", *rows])


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")
