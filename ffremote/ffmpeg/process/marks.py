"""Tells FFmpeg's own messages from text of the input, by the colors that FFmpeg gives to them.

FFmpeg logs texts of the input, such as the names of its tags, with the line breaks in them, so a
line of such a text may look like any message. With `AV_LOG_FORCE_COLOR` FFmpeg begins each message
that has a context, or another level than `info`, with an escape sequence. Texts cannot contain one:
FFmpeg prints their control characters as `?`.
"""

import re

_MARK = re.compile(r"(?:\x1b\[0m)*\x1b\[(?!0m)[0-9;]+m")
_ANY = re.compile(r"\x1b\[[0-9;]*m")


def without_marks(line: str) -> tuple[str, bool]:
    """Return the line as it is without colors, and whether FFmpeg began it with one."""
    if "\x1b" not in line:
        return line, False
    return _ANY.sub("", line), _MARK.match(line) is not None
