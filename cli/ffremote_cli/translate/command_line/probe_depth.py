"""-probesize and -analyzeduration: what is above FFmpeg's defaults goes to the server.

Lower values only save time; the server reads as far as a format needs.
"""

import re

from .parser import Option

_BYTES, _SECONDS = 5_000_000, 5.0  # FFmpeg's defaults
MAX_BYTES, MAX_SECONDS = 128 << 20, 600.0
_UNITS = {"": 1, "k": 1000, "M": 1000**2, "G": 1000**3, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}
_SIZE = re.compile(r"([0-9]{1,18})(|ki?|Ki|[MG]i?)")


def depth_of(option: Option) -> dict[str, int | float]:
    """Return the key of `probe` that the option sets, at most the server's bound, or none."""
    if option.key not in ("probesize", "analyzeduration"):
        return {}
    match = _SIZE.fullmatch(option.value or "")
    number = int(match[1]) * _UNITS[match[2].replace("ki", "Ki")] if match else 0
    if option.key == "probesize":
        return {"bytes": min(number, MAX_BYTES)} if number > _BYTES else {}
    seconds = number / 1e6
    return {"seconds": min(seconds, MAX_SECONDS)} if seconds > _SECONDS else {}
