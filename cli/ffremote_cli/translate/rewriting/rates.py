"""Bit rates below 1000, which people write in kilobits and FFmpeg reads in bits."""

import re
from dataclasses import replace

from ..command_line.parser import Option
from ..sections.tables import ALIASES

_KILOBITS = re.compile(r"[1-9]\d{0,2}")


def in_bits(option: Option) -> tuple[Option, str | None]:
    """Return the option with `320k` for `320`, and the remark on it."""
    key = ALIASES.get(option.key, option.key)
    if not key.startswith(("b:a", "b:v")) or not _KILOBITS.fullmatch(option.value or ""):
        return option, None
    kilobits = replace(option, value=f"{option.value}k")
    return kilobits, (
        f"{' '.join(option.words)} is read as {kilobits.value}; ffmpeg would read"
        f" {option.value} bits per second"
    )
