"""Collects the characters of burned subtitles that are in no font, as libass reports them."""

import re
import unicodedata

from ffremote.states import FailureReason

from ..model.failure import refuse

_MISSING = re.compile(
    r"\[Parsed_(?:ass|subtitles)_\d+\] \[warning\] "
    r"fontselect: failed to find any fallback with glyph 0x([0-9A-Fa-f]{1,6}) "
)
_SHOWN = 5
_KEPT = 1000


class MissingGlyphs:
    """Collects the characters that could not be drawn and appear as boxes."""

    def __init__(self) -> None:
        self._characters: dict[str, None] = {}
        self._lacks_font = False

    def add(self, line: str) -> None:
        """Add one line of FFmpeg's log."""
        match = _MISSING.match(line)
        if match is None:
            return
        number = int(match[1], 16)
        if number == 0:  # libass requests this one when it found no font at all
            self._lacks_font = True
        elif number < 0x110000 and _is_visible(chr(number)) and len(self._characters) < _KEPT:
            self._characters[chr(number)] = None

    def require_font(self) -> None:
        """Raise TranscodeError if libass found no font: no subtitle would be drawn."""
        if self._lacks_font:
            raise refuse(
                FailureReason.BAD_FILTER,
                "The worker found no font, so it cannot burn subtitles.",
                "Its operator can install one (Debian: apt install fonts-dejavu-core), or install"
                " ffremote again, which brings a font of its own.",
            )

    def warnings(self) -> tuple[str, ...]:
        """Return a warning that names the characters drawn as boxes; empty if there are none."""
        found = list(self._characters)
        if not found:
            return ()
        names = " ".join(found[:_SHOWN])
        rest = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        return (
            (
                f"The worker has no font with these characters of the subtitles: {names}{rest};"
                " they are drawn as boxes. Its operator can install one (Debian: apt install"
                " fonts-noto)."
            ),
        )


def _is_visible(character: str) -> bool:
    """Whether a character is visible: not a space, a variation selector or a direction mark."""
    return unicodedata.category(character)[0] in "LNPS"
