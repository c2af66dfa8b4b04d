"""`metadata=print` in filters: a job prints single keys, and to its log."""

import re
from dataclasses import replace

from ..command_line.parser import CommandLine, Option

_FILTERS = frozenset({"vf", "af", "filter", "filter_complex", "lavfi"})
_PRINT = re.compile(r"\b(a?metadata)=((?:mode=)?print)((?::[A-Za-z_]+=(?:\\+.|[^,;:\[\]])*)*)")
_TO_STDOUT = re.compile(r":file=(?:'-'|-|pipe\\*:1)(?=:|$)")
_SCENE = re.compile(r"\bselect=[^;]*\bscene\b")


def in_log(option: Option) -> Option:
    """Return the option with filters that print to the log, where `file=-` prints to stdout.

    Behind `select` with `scene`, whose frames have no other key, the key is added.
    """
    value = option.value or ""
    if option.name not in _FILTERS or "metadata=" not in value:
        return option

    def written(match: re.Match[str]) -> str:
        rest = _TO_STDOUT.sub("", match[3])
        if ":key=" not in rest and _SCENE.search(value[: match.start()]):
            rest += ":key=lavfi.scene_score"
        return f"{match[1]}={match[2]}{rest}"

    return replace(option, value=_PRINT.sub(written, value))


def prints_metadata(line: CommandLine) -> bool:
    """Return whether a filter of the line prints to stdout."""
    options = (*line.globals, *line.output_options)
    filters = (o.value or "" for o in options if o.name in _FILTERS)
    return any(
        _TO_STDOUT.search(match[3]) is not None
        for text in filters
        for match in _PRINT.finditer(text)
    )
