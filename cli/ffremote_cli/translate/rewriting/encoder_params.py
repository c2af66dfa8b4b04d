"""`pass` and `stats` in the private parameters of x264 and x265, which are -pass of FFmpeg."""

from collections.abc import Iterable
from dataclasses import replace

from ..command_line.parser import Option

_PARAMETERS = frozenset({"x264-params", "x264opts", "x265-params"})
_OF_TWO_PASSES = frozenset({"pass", "stats"})


def without_pass(option: Option) -> Iterable[Option]:
    """Return the option without these parameters, and -pass with their number.

    The server runs both passes in one job, and names the file of the statistics itself.
    """
    if option.name not in _PARAMETERS:
        return [option]
    parts = [(part, *part.partition("=")) for part in (option.value or "").split(":")]
    rest = ":".join(part for part, name, _, _ in parts if name not in _OF_TWO_PASSES)
    passes = [Option("pass", "", value) for _, name, _, value in parts if name == "pass"]
    return [*([replace(option, value=rest)] if rest else []), *passes]
