"""Reads FFmpeg's stderr: writes the log and keeps what explains a failure or a loss."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ..formats.loudness import Measurements
from .evidence import Evidence, EvidenceCollector, LogLine, parse_line
from .filter_reports import FilterReports
from .marks import without_marks
from .missing_glyphs import MissingGlyphs
from .process import BoundedLog
from .reader_warnings import ReaderWarnings

MAX_LINE = 500
TAIL_LINES = 20
_FIRST_ERRORS = 40
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")
_FONT_USERS = ("[Parsed_ass_", "[Parsed_subtitles_", "[Parsed_drawtext_")
_PATH = re.compile(r"(?<![\w.:/])/(?:[^/\s,'\"()]+/)+([^/\s,'\"()]+)")


class Messages:
    """Writes the lines of stderr to the log, and keeps errors, evidence and measurements.

    With `marked` a line counts as a message only if it has FFmpeg's mark; see `marks`.
    """

    def __init__(
        self,
        log: BoundedLog | None = None,
        *,
        demuxers: Iterable[str] = (),
        measures_loudness: bool = False,
        filters: Mapping[str, int | None] = MappingProxyType({}),
        marked: bool = False,
    ) -> None:
        self._log, self._is_marked = log, marked
        self._collector = EvidenceCollector(demuxers)
        self.reader_warnings = ReaderWarnings()
        self.errors: list[str] = []
        """The first error lines: the last ones only state that there were errors."""
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self.error_count = 0
        self.met_full_disk = False
        """FFmpeg 5.1 logs it while it writes the end of a file, but exits with 0."""
        self.missing_glyphs = MissingGlyphs()
        self._reports = FilterReports(filters) if filters else None
        self._loudness = Measurements() if measures_loudness else None

    def add(self, data: bytes) -> None:
        """Add one line."""
        text, is_own = without_marks(data.decode("utf-8", "replace"))
        if self._reports is not None:
            self._reports.add(text, is_own=is_own)
        line = _ADDRESS.sub("", text)
        parsed = parse_line(line)
        if parsed is not None and parsed.is_markable and self._is_marked and not is_own:
            self._add_text(line)
        else:
            self._add_message(line, parsed)

    def _add_message(self, line: str, parsed: LogLine | None) -> None:
        if parsed is not None:
            self._collector.add(parsed)
            if parsed.level == "verbose":
                return  # statistics for the verification, not for the log
        line = _without_font_paths(line, parsed)
        self._add_text(line)
        self._add_to_readers(line, parsed)
        if parsed is not None and parsed.is_error:
            self.error_count += 1
            self.met_full_disk |= "No space left on device" in line
            if len(self.errors) < _FIRST_ERRORS:
                self.errors.append(line[:MAX_LINE])

    def _add_text(self, line: str) -> None:
        """Add a line to the log and to its tail, whatever it says."""
        if self._log is not None:
            self._log.write(line.encode("utf-8", "replace"))
        if "[info]" not in line:
            self.tail.append(line[:MAX_LINE])

    def _add_to_readers(self, line: str, parsed: LogLine | None) -> None:
        if self._loudness is not None:
            self._loudness.add(line)
        if parsed is not None:
            self.reader_warnings.add(line)
        self.missing_glyphs.add(line)

    @property
    def evidence(self) -> Evidence:
        """What the lines prove about the run so far."""
        return self._collector.evidence

    @property
    def measurements(self) -> dict[str, Any]:
        """What the filters of the pass measured, as JSON."""
        return self._reports.to_json() if self._reports is not None else {}

    def loudness(self, track: int = 0) -> dict[str, float] | None:
        """Return what loudnorm measured of a track; None for silence or without a measurement."""
        return None if self._loudness is None else self._loudness.of_track(track)


def _without_font_paths(line: str, parsed: LogLine | None) -> str:
    """Reduce the path of a font to its name: libass and fontconfig print paths of the server."""
    if parsed is None or parsed.context.startswith(_FONT_USERS):
        return _PATH.sub(r"\1", line)
    return line


def without_paths(lines: list[str], attempt: str) -> Iterator[str]:
    """Yield lines with the internal file names replaced by `<input>` and `<output>`."""
    for line in lines:
        line = re.sub(rf"(?:file:)?{re.escape(attempt)}/out\.[a-z0-9]+", "<output>", line)
        line = line.replace(f"{attempt}/", "")
        yield re.sub(r"(?:file:)(?:inputs/\d+/)?\binput\b|'input'", "<input>", line)
