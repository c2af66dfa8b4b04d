"""Numbers, times and tables for people."""

import json
import os
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of letters that move the cursor, turn the text around, or take no room: C0, C1,
direction marks, zero-width letters, lone surrogates (bytes that are no UTF-8), line separators."""

_KEPT = frozenset("\t\n")


def print_json(value: Any) -> None:
    """One line of JSON on stdout."""
    text = json.dumps(value, ensure_ascii=False)
    click.echo(re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", text))


def print_path(path: Path) -> None:
    """A path on stdout: for a pipe the very bytes, for a terminal what may be shown."""
    click.echo(plain(str(path)) if sys.stdout.isatty() else os.fsencode(path))


def remark(text: str, *, quiet: bool) -> None:
    """Print a remark on stderr, unless the user asked for quiet."""
    if not quiet:
        click.echo(plain(text), err=True)


def plain(text: str) -> str:
    """The text without what would move a terminal's cursor or disguise it.

    Names, titles and messages come from files of strangers and from servers.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(letter) in _UNSEEN and letter not in _KEPT
        else letter
        for letter in text
    )


def one_line(text: str) -> str:
    """The text as one line, without what would move a terminal's cursor or disguise it."""
    return plain(re.sub(r"[\t\n\r]+", " ", text))


def human_bytes(count: int | None) -> str:
    """`12.3 MB`; powers of 1000, as file managers and disks count."""
    if count is None:
        return "?"
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 99.95 else f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


def ffmpeg_versions(capabilities: Mapping[str, Any]) -> str:
    """`FFmpeg 9.0.2, ffprobe 8.1.2`; servers of 0.1 name FFmpeg alone."""
    ffprobe = capabilities.get("ffprobe_version")
    return f"FFmpeg {capabilities['ffmpeg_version']}" + (f", ffprobe {ffprobe}" if ffprobe else "")


def human_seconds(seconds: float) -> str:
    """`0.8 s`, `1:02` or `1:02:03`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows in columns below a header."""
    return in_columns([header, *rows])


def in_columns(rows: Sequence[Sequence[str]]) -> str:
    """The rows in columns, as wide as they need to be."""
    lines = [[one_line(word) for word in row] for row in rows]
    widths = [max(map(columns_of, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            word + " " * (width - columns_of(word))
            for word, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def columns_of(text: str) -> int:
    """How many columns of a terminal the text takes: two for each wide letter."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
