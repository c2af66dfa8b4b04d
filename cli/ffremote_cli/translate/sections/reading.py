"""Options before -i that change the times of the input, or repeat it."""

from typing import Any

from ..command_line.ignored import generates_pts
from ..command_line.parser import InputFile
from ..errors import CannotTranslate
from .tables import RATES
from .times import parse_time

OPTIONS = frozenset({"sseof", "itsoffset", "stream_loop", "r"})
_ENDLESS = "-1"
_KEYS = {"sseof": "end_offset", "itsoffset": "offset", "stream_loop": "loop", "r": "fps"}


def reading_of(source: InputFile, *, has_end: bool) -> dict[str, Any]:
    """Return the keys of the input's section; `has_end` means that a duration bounds it.

    Raise CannotTranslate for a value that is none of ffmpeg's, and for a loop without an end.
    """
    values = source.values(*OPTIONS)
    if values.get("stream_loop") == _ENDLESS and not has_end:
        raise CannotTranslate(
            "-stream_loop -1", "it repeats without end", hint="add -t, or the number of repeats"
        )
    if "sseof" in values and "ss" in source.values("ss"):
        raise CannotTranslate("-sseof", "it cannot be combined with -ss before -i")
    fields = {_KEYS[name]: _value(name, text) for name, text in values.items()}
    if any(generates_pts(option) for option in source.options):
        fields["generate_pts"] = True
    return {key: value for key, value in fields.items() if value != 0}


def _value(name: str, text: str) -> Any:
    if name == "sseof":
        if not text.startswith("-"):
            raise CannotTranslate(f"-sseof {text}", "it is negative: a time before the end")
        return parse_time("-sseof", text[1:])
    if name == "itsoffset":
        sign = -1 if text.startswith("-") else 1
        return sign * parse_time("-itsoffset", text.lstrip("+-"))
    if name == "r":
        return RATES.get(text, text)
    try:
        return int(text)
    except ValueError as exc:
        raise CannotTranslate(f"-stream_loop {text}", "this option takes a number") from exc
