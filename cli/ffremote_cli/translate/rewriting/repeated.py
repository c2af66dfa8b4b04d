"""Options that are given more than once: the last one counts, and flags add up."""

from collections.abc import Sequence
from dataclasses import replace

from ..command_line.parser import Option
from ..sections.tables import ALIASES

_SEVERAL = frozenset(
    {"map", "metadata", "map_metadata", "map_channel", "filter_complex", "lavfi", "attach"}
)
_FLAGS = frozenset(
    {"movflags", "fflags", "flags", "flags2", "sws_flags", "mpegts_flags", "flvflags", "gifflags"}
)


def merge_repeated(options: Sequence[Option]) -> list[Option]:
    """Return each option once, at its last place; as in FFmpeg, `+flag` adds to the flags before.

    Options that may be repeated, such as -map, stay as they are.
    """
    last: dict[str, Option] = {}
    for place, option in enumerate(options):
        key = f"{place}" if option.name in _SEVERAL else ALIASES.get(option.key, option.key)
        before = last.pop(key, None)
        last[key] = option if before is None else _added(before, option)
    return list(last.values())


def _added(before: Option, option: Option) -> Option:
    value = option.value or ""
    if option.name not in _FLAGS or not value.startswith(("+", "-")):
        return option
    return replace(option, value=f"{before.value}{value}")
