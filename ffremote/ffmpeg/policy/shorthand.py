"""Parameters of filters that FFmpeg takes in a short form; pure."""

import re

_SIZED = frozenset({"scale", "zscale"})
_SIZE = re.compile(r"([0-9]{1,5})x([0-9]{1,5})", re.ASCII)
_SIZE_NAME = re.compile(r"[a-z]{1,5}[0-9]{0,4}|[0-9]k[a-z]{0,5}", re.ASCII)
# expressions that look like the name of a size
_SIDES = frozenset({"iw", "ih", "ow", "oh", "a", "sar", "dar", "hsub", "vsub", "ohsub", "ovsub"})


def as_sides(name: str, found: dict[str, str]) -> dict[str, str]:
    """Return `scale=640x360` as width and height, and `scale=hd720` as a named size."""
    if name not in _SIZED or not found.keys().isdisjoint({"h", "height", "s", "size"}):
        return found
    width = found.get("w", "")
    rest = {key: value for key, value in found.items() if key != "w"}
    if match := _SIZE.fullmatch(width):
        return {"w": match[1], "h": match[2], **rest}
    if _SIZE_NAME.fullmatch(width) and width not in _SIDES:
        return {"size": width, **rest}
    return found
