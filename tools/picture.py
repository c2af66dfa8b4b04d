"""Record a command in a pseudo-terminal and draw it as an SVG that plays in a loop.

    python -m tools.picture docs/demo.svg -- ./run demo

The SVG shows the command, then its output at its own pace; only pauses are shortened.
Viewers without animation show the last screen.
"""

import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fcntl import ioctl
from html import escape
from pathlib import Path

COLUMNS, ROWS = 100, 60
CELL_WIDTH, LINE_HEIGHT, MARGIN = 8.4, 19, 14
FRAME_SECONDS = 0.2
LONGEST_PAUSE = 1.0
"""The longest pause in seconds; longer ones are shortened."""

HOLD_SECONDS = 6.0
"""Seconds that the last screen stays before the loop restarts."""

CONTROL = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[=>]|[\r\n\b]|[^\x1b\r\n\b]+")
STYLE = (
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d6deeb;"
    "white-space:pre}"
)


@dataclass(slots=True)
class Screen:
    """The lines of a terminal, with the controls of progress bars: CR, LF, cursor up, erase."""

    lines: list[str] = field(default_factory=lambda: [""])
    row: int = 0
    column: int = 0

    def feed(self, text: str) -> None:
        """Apply the output of a program."""
        for match in CONTROL.finditer(text):
            if match[2]:
                self._control(match[1], match[2])
            elif match[0] == "\n":
                self._move(1)
            elif match[0] == "\r":
                self.column = 0
            elif match[0] == "\b":
                self.column = max(0, self.column - 1)
            elif not match[0].startswith("\x1b"):
                self._write(match[0])

    def _control(self, numbers: str, letter: str) -> None:
        count = int(numbers) if numbers.isdigit() else 1
        line = self.lines[self.row]
        if letter in "AB":
            self._move(-count if letter == "A" else count)
        elif letter == "K":
            self.lines[self.row] = "" if numbers == "2" else line[: self.column]
        elif letter == "C":
            self.column += count
        elif letter == "G":
            self.column = count - 1

    def _move(self, rows: int) -> None:
        self.row = max(0, self.row + rows)
        self.lines += [""] * (self.row + 1 - len(self.lines))

    def _write(self, text: str) -> None:
        for character in text:
            if self.column == COLUMNS:
                self._move(1)
                self.column = 0
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1


@dataclass(frozen=True, slots=True)
class Shown:
    """One text on one row for a span of seconds; `until` is None if it stays."""

    row: int
    text: str
    since: float
    until: float | None


def record(argv: list[str]) -> Iterator[tuple[float, list[str]]]:
    """Run a command in a pseudo-terminal; yield the screen's lines after each output."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(argv[0], argv, os.environ | {"TERM": "xterm", "COLUMNS": str(COLUMNS)})
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
    screen, began = Screen(), time.monotonic()
    try:
        while chunk := _read(terminal):
            screen.feed(chunk)
            yield time.monotonic() - began, list(screen.lines)
    finally:
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        raise SystemExit(f"picture: {argv[0]} ended with status {status}")


def _read(terminal: int) -> str:
    """Return the output of one frame; empty at the end."""
    chunk = b""
    try:
        chunk = os.read(terminal, 65536)
        end = time.monotonic() + FRAME_SECONDS
        while (left := end - time.monotonic()) > 0 and select.select([terminal], [], [], left)[0]:
            chunk += os.read(terminal, 65536)
    except OSError:
        pass  # EIO on Linux: the last program has closed the terminal
    return chunk.decode(errors="replace")


def timeline(frames: list[tuple[float, list[str]]]) -> list[Shown]:
    """Convert screens to texts with their times."""
    output: list[Shown] = []
    height = max(len(lines) for _, lines in frames)
    for row in range(height):
        current, since = "", 0.0
        for moment, lines in frames:
            text = lines[row].rstrip() if row < len(lines) else ""
            if text != current:
                output.append(Shown(row, current, since, moment))
                current, since = text, moment
        output.append(Shown(row, current, since, None))
    return [one for one in output if one.text]


def paced(
    frames: Iterable[tuple[float, list[str]]], prompt: str
) -> Iterator[tuple[float, list[str]]]:
    """Yield the screens below the typed command, from second 0 on, with shortened pauses."""
    now, before = 0.0, 0.0
    yield now, [prompt]
    for moment, lines in frames:
        now += min(moment - before, LONGEST_PAUSE)
        before = moment
        yield now, [prompt, *lines]


def draw(output: list[Shown], seconds: float) -> str:
    """Return the SVG, which loops after this many seconds.

    Texts that stay are visible without animation, the others only during it.
    """
    height = (max(one.row for one in output) + 1) * LINE_HEIGHT + 2 * MARGIN
    width = round(COLUMNS * CELL_WIDTH) + 2 * MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
            f"<style>{STYLE}</style>",
            f'<rect width="{width}" height="{height}" rx="8" fill="#0b1420"/>',
            *(_text(one, seconds) for one in output),
            "</svg>\n",
        ]
    )


def _text(one: Shown, seconds: float) -> str:
    place = f'x="{MARGIN}" y="{MARGIN + (one.row + 0.75) * LINE_HEIGHT:g}"'
    width = f'textLength="{len(one.text) * CELL_WIDTH:g}" lengthAdjust="spacingAndGlyphs"'
    unplayed = "" if one.until is None else ' visibility="hidden"'
    return (
        f'<text {place} {width} xml:space="preserve"{unplayed}>'
        f"{escape(one.text)}{_timing(one, seconds)}</text>"
    )


def _timing(one: Shown, seconds: float) -> str:
    """Return the visible span as shares of the loop, which has no other clock."""
    steps = {0.0: "hidden", one.since / seconds: "visible"}
    if one.until is not None:
        steps[max(one.until, one.since + 0.01) / seconds] = "hidden"
    values, times = ";".join(steps.values()), ";".join(f"{share:.5f}" for share in steps)
    return (
        f'<animate attributeName="visibility" calcMode="discrete" dur="{seconds:.2f}s" '
        f'repeatCount="indefinite" values="{values}" keyTimes="{times}"/>'
    )


def main(target: Path, argv: list[str]) -> None:
    """Record `argv` and write the picture."""
    frames = list(paced(record(argv), f"$ {' '.join(argv)}"))
    target.write_text(draw(timeline(frames), frames[-1][0] + HOLD_SECONDS))


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[2] != "--":
        raise SystemExit("usage: python -m tools.picture TARGET.svg -- COMMAND...")
    main(Path(sys.argv[1]), sys.argv[3:])
