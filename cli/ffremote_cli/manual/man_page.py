"""cli/ffremote.1: the manual as a man page in roff."""

import re
from collections.abc import Sequence

import click

from .pages import pages, shared_records
from .text import EXIT_STATUSES, VARIABLES


def render(group: click.Group) -> str:
    """Return the text of the man page ffremote(1)."""
    lines = [
        ".TH FFREMOTE 1",
        ".SH NAME",
        r"ffremote \- run ffmpeg on a bigger machine",
        ".SH SYNOPSIS",
        r"\fBffremote\fR [\fIoptions\fR] \fIcommand\fR [\fIarguments\fR]",
        ".SH DESCRIPTION",
        "Uploads media files to a server that runs FFmpeg, and downloads the results.",
        r"Without a command, options belong to \fBrun\fR.",
        ".SH GLOBAL OPTIONS",
        *_list(shared_records(group)),
    ]
    for page in pages(group):
        lines += [f".SH {page.name.upper()}", f".B {_escaped(page.usage)}"]
        for paragraph in page.help.split("\n\n"):
            lines += [".PP", _escaped(paragraph)]
        for title, records in page.sections.items():
            lines += [f".SS {_escaped(title)}", *_list(records)]
        if page.examples:
            lines += [".SS Examples", ".nf", *(_escaped(each) for each in page.examples), ".fi"]
    lines += [".SH EXIT STATUS"]
    lines += _list([(str(int(key)), text) for key, text in EXIT_STATUSES.items()])
    lines += [".SH ENVIRONMENT", *_list(list(VARIABLES.items()))]
    return "\n".join(lines) + "\n"


def _list(records: Sequence[tuple[str, str]]) -> list[str]:
    lines = []
    for left, right in records:
        lines += [".TP", rf"\fB{_escaped(left)}\fR", _escaped(re.sub(r"\s+", " ", right))]
    return lines


def _escaped(text: str) -> str:
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped[:1] in (".", "'") else escaped
