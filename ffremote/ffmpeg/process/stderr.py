"""What FFmpeg says on stderr: kept for the log, and for the reason of a failure."""

import re
from collections import deque
from collections.abc import Iterator

from ..formats.loudness import Measurements
from .evidence import Line, Witness, read_line
from .missing_glyphs import MissingGlyphs
from .process import BoundedLog
from .reader_warnings import Complaints

MAX_LINE = 500
TAIL_LINES = 20
_FIRST_ERRORS = 40
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")
_FONT_USERS = ("[Parsed_ass_", "[Parsed_subtitles_", "[Parsed_drawtext_")
_PATH = re.compile(r"(?<![\w.:/])/(?:[^/\s,'\"()]+/)+([^/\s,'\"()]+)")


class Messages:
    """Takes the lines of stderr, writes them to the log, and keeps what matters."""

    def __init__(
        self,
        log: BoundedLog | None = None,
        *,
        demuxer: str = "",
        measures_loudness: bool = False,
    ) -> None:
        self._log = log
        self.witness = Witness(demuxer)
        self.complaints = Complaints()
        self.errors: list[str] = []
        """The first error lines: the last ones only say that there were errors."""
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self.error_count = 0
        self.met_full_disk = False
        """FFmpeg 5.1 says so when it writes the end of a file, and exits with 0 all the same."""
        self.glyphs = MissingGlyphs()
        self._loudness = Measurements() if measures_loudness else None

    def take(self, data: bytes) -> None:
        """Take one line."""
        line = _ADDRESS.sub("", data.decode("utf-8", "replace"))
        said = read_line(line)
        if said is not None:
            self.witness.take(said)
            if said.level == "verbose":
                return  # figures for the verification, not for people
        line = _without_font_paths(line, said)
        if self._log is not None:
            self._log.write(line.encode("utf-8", "replace"))
        self._show_readers(line, said)
        if said is not None and said.is_error:
            self.error_count += 1
            self.met_full_disk |= "No space left on device" in line
            if len(self.errors) < _FIRST_ERRORS:
                self.errors.append(line[:MAX_LINE])
        if "[info]" not in line:
            self.tail.append(line[:MAX_LINE])

    def _show_readers(self, line: str, said: Line | None) -> None:
        if self._loudness is not None:
            self._loudness.take(line)
        if said is not None:
            self.complaints.take(line)
        self.glyphs.take(line)

    def loudness(self, track: int = 0) -> dict[str, float] | None:
        """Return what loudnorm measured, or None for silence and for no measurement."""
        return None if self._loudness is None else self._loudness.of_track(track)


def _without_font_paths(line: str, said: Line | None) -> str:
    """Leave of a font's path its name: libass and fontconfig tell where the server has it."""
    if said is None or said.context.startswith(_FONT_USERS):
        return _PATH.sub(r"\1", line)
    return line


def without_paths(lines: list[str], attempt: str) -> Iterator[str]:
    """Yield lines with our own file names replaced by what the reader knows."""
    for line in lines:
        line = re.sub(rf"(?:file:)?{re.escape(attempt)}/out\.[a-z0-9]+", "<output>", line)
        line = line.replace(f"{attempt}/", "")
        yield re.sub(r"(?:file:)\binput\b|'input'", "<input>", line)
