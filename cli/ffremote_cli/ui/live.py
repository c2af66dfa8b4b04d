"""A block of text that is redrawn in place on the terminal."""

import sys
from typing import Self

import click

_HIDE, _SHOW, _CLEAR_DOWN = "\x1b[?25l", "\x1b[?25h", "\x1b[J"


class Live:
    """While entered, each shown text replaces the previous one; the cursor is hidden."""

    def __init__(self) -> None:
        self._lines = 0

    def __enter__(self) -> Self:
        sys.stdout.write(_HIDE)
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout.write(_SHOW)
        sys.stdout.flush()

    def show(self, text: str, *, columns: int, rows: int) -> None:
        """Draw the text, cut to the size of the terminal."""
        lines = [_cut(line, columns - 1) for line in text.split("\n")][: rows - 1]
        up = f"\x1b[{self._lines}A" if self._lines else ""
        sys.stdout.write(f"{up}\r{_CLEAR_DOWN}" + "\n".join(lines) + "\n")
        sys.stdout.flush()
        self._lines = len(lines)


def _cut(line: str, width: int) -> str:
    """Return the line in at most `width` characters; without its colours if it is too long."""
    bare = click.unstyle(line)
    return line if len(bare) <= width else bare[:width]
