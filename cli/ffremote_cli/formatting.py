"""Formats text, numbers, times and tables for the terminal."""

import json
import os
import re
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that move the cursor, reverse the text or have no width: C0, C1, direction
marks, zero-width characters, lone surrogates (bytes that are not UTF-8), line separators."""

_KEPT = frozenset("\t\n")


def print_json(value: Any) -> None:
    """Print one line of JSON on stdout."""
    text = json.dumps(value, ensure_ascii=False)
    click.echo(re.sub("[\ud800-\udfff]", lambda surrogate: f"\\u{ord(surrogate[0]):04x}", text))


def print_path(path: Path) -> None:
    """Print a path on stdout: its exact bytes into a pipe, safe text on a terminal."""
    click.echo(plain(str(path)) if sys.stdout.isatty() else os.fsencode(path))


def remark(text: str, *, quiet: bool) -> None:
    """Print a remark on stderr, unless `quiet`."""
    if not quiet:
        click.echo(plain(text), err=True)


def plain(text: str) -> str:
    """Return the text with each unsafe character replaced, because it could fake output.

    Names, titles and messages come from untrusted files and servers.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(letter) in _UNSAFE and letter not in _KEPT
        else letter
        for letter in text
    )


def one_line(text: str) -> str:
    """Return the text as one line, with each unsafe character replaced."""
    return plain(re.sub(r"[\t\n\r]+", " ", text))


def human_bytes(count: int | None) -> str:
    """Return a size such as `12.3 MB`, in powers of 1000."""
    if count is None:
        return "?"
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 99.95 else f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"


def ffmpeg_versions(capabilities: Mapping[str, Any]) -> str:
    """Return `FFmpeg 9.0.2, ffprobe 8.1.2`; servers of version 0.1 report FFmpeg only."""
    ffprobe = capabilities.get("ffprobe_version")
    return f"FFmpeg {capabilities['ffmpeg_version']}" + (f", ffprobe {ffprobe}" if ffprobe else "")


def human_seconds(seconds: float) -> str:
    """Return a time as `0.8 s`, `1:02` or `1:02:03`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return the rows in columns below a header."""
    return in_columns([header, *rows])


def in_columns(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows in columns of the necessary width, separated by two spaces."""
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
    """Return the width of the text in terminal columns: two for each wide character."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
