"""What FFmpeg says on stderr: kept for the log, and for the reason of a failure."""

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from .evidence import Witness, read_line
from .glyphs import MissingGlyphs
from .process import BoundedLog

MAX_LINE = 500
TAIL_LINES = 20
_FIRST_ERRORS = 40
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")
_LOUDNESS_KEYS = ("input_i", "input_tp", "input_lra", "input_thresh", "target_offset")


class Messages:
    """Takes the lines of stderr, writes them to the log, and keeps what matters."""

    def __init__(self, log: BoundedLog | None = None, *, demuxer: str = "") -> None:
        self._log = log
        self.witness = Witness(demuxer)
        self.errors: list[str] = []
        """The first error lines: the last ones only say that there were errors."""
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self.error_count = 0
        self.met_full_disk = False
        """FFmpeg 5.1 says so when it writes the end of a file, and exits with 0 all the same."""
        self.glyphs = MissingGlyphs()
        self._json: list[str] | None = None
        self._loudness: dict[str, Any] | None = None

    def take(self, data: bytes) -> None:
        """Take one line."""
        line = _ADDRESS.sub("", data.decode("utf-8", "replace"))
        said = read_line(line)
        if said is not None:
            self.witness.take(said)
            if said.level == "verbose":
                return  # figures for the verification, not for people
        if self._log is not None:
            self._log.write(line.encode("utf-8", "replace"))
        self._look_for_loudness(line)
        self.glyphs.take(line)
        if said is not None and said.is_error:
            self.error_count += 1
            self.met_full_disk |= "No space left on device" in line
            if len(self.errors) < _FIRST_ERRORS:
                self.errors.append(line[:MAX_LINE])
        if "[info]" not in line:
            self.tail.append(line[:MAX_LINE])

    def _look_for_loudness(self, line: str) -> None:
        """Collect the JSON object that loudnorm prints as lines of their own."""
        text = line.rpartition("] ")[2].strip()
        if text == "{":
            self._json = []
        if self._json is None:
            return
        self._json.append(text)
        if text == "}":
            found, self._json = "".join(self._json), None
            try:
                self._loudness = json.loads(found)
            except ValueError:
                self._loudness = None

    def loudness(self) -> dict[str, float] | None:
        """Return what loudnorm measured, or None for silence and for no measurement."""
        measured = {key: _finite((self._loudness or {}).get(key)) for key in _LOUDNESS_KEYS}
        if any(value is None for value in measured.values()):
            return None
        return {key: value for key, value in measured.items() if value is not None}


def _finite(text: Any) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if -100 < value < 100 else None


def without_paths(lines: list[str], attempt: str) -> Iterator[str]:
    """Yield lines with our own file names replaced by what the reader knows."""
    for line in lines:
        line = re.sub(rf"(?:file:)?{re.escape(attempt)}/out\.[a-z0-9]+", "<output>", line)
        line = line.replace(f"{attempt}/", "")
        yield re.sub(r"(?:file:)\binput\b|'input'", "<input>", line)
