"""Numbers, times and tables for people."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import click

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def print_json(value: Any) -> None:
    """One line of JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False))


def remark(text: str, *, quiet: bool) -> None:
    """Say something on stderr, unless nobody wants to hear it."""
    if not quiet:
        click.echo(text, err=True)


def plain(text: str) -> str:
    """The text without what would move a terminal's cursor: films bring words of strangers."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


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
    """The rows in columns, as wide as they need to be."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(columns_of(line[place]) for line in lines) for place in range(len(header))]
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
