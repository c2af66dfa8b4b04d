"""What FFmpeg says that it left out while it read, as warnings."""

import re

_CUE = "Invalid UTF-8 in decoded subtitles text"
_LATE = re.compile(r"New (video|audio|subtitle) stream 0:([0-9]+) ")
_MAX_LATE = 8


class Complaints:
    """Takes the lines of one pass, and counts what they say was lost."""

    def __init__(self) -> None:
        self.cues = 0
        self.late: list[str] = []

    def take(self, line: str) -> None:
        """Take one line."""
        self.cues += _CUE in line
        match = _LATE.search(line)
        if match and len(self.late) < _MAX_LATE:
            self.late.append(f"{match[1]} track {match[2]}")

    def warnings(self) -> list[str]:
        """Say what is missing in the result, and what to do."""
        found = []
        if self.cues:
            what = "1 subtitle cue is" if self.cues == 1 else f"{self.cues} subtitle cues are"
            found.append(
                f"{what} missing: the text is not UTF-8. Convert the subtitles to UTF-8 and send"
                " them again."
            )
        if self.late:
            late = ", ".join(self.late)
            found.append(
                f"What begins deep in the input was found too late and is missing: {late}."
            )
        return found
