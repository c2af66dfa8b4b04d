"""Turns FFmpeg's log lines about data that it dropped while reading into warnings."""

import re

_CUE = "Invalid UTF-8 in decoded subtitles text"
_LATE = re.compile(r"New (video|audio|subtitle) stream 0:([0-9]+) ")
_MAX_LATE = 8


class ReaderWarnings:
    """Counts the losses that the log lines of one pass report."""

    def __init__(self) -> None:
        self.cues = 0
        self.late: list[str] = []

    def add(self, line: str) -> None:
        """Add one line."""
        self.cues += _CUE in line
        match = _LATE.search(line)
        if match and len(self.late) < _MAX_LATE:
            self.late.append(f"{match[1]} track {match[2]}")

    def warnings(self) -> list[str]:
        """Return a warning for each kind of loss, with what to do."""
        warnings = []
        if self.cues:
            what = "1 subtitle cue is" if self.cues == 1 else f"{self.cues} subtitle cues are"
            warnings.append(
                f"{what} missing: the text is not UTF-8. Convert the subtitles to UTF-8 and send"
                " them again."
            )
        if self.late:
            late = ", ".join(self.late)
            warnings.append(
                f"Tracks that begin late in the input were found too late and are missing: {late}."
            )
        return warnings
