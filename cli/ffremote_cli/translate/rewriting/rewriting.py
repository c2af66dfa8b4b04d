"""Replaces the output options of a command line that stand for others, in their order."""

from collections.abc import Iterable
from dataclasses import replace

from ..command_line.parser import CommandLine, Option
from .encoder_params import without_pass
from .map_channel import as_pan
from .movies import with_movies
from .printed_metadata import in_log
from .rates import in_bits
from .repeated import merge_repeated
from .single_streams import on_single_streams
from .targets import options_of_target


def rewrite(line: CommandLine) -> tuple[CommandLine, tuple[str, ...]]:
    """Return the line with plain options only, and remarks on what is read differently.

    Raise CannotTranslate for a value that stands for nothing.
    """
    remarks: list[str] = []
    options: list[Option] = []
    for option in line.output_options:
        options += _expanded(option, remarks)
    options = on_single_streams(as_pan(merge_repeated(options)))
    shared = tuple(map(in_log, line.globals))
    line = replace(line, globals=shared, output_options=tuple(options))
    return with_movies(line), tuple(remarks)


def _expanded(option: Option, remarks: list[str]) -> Iterable[Option]:
    if option.name == "target":
        return options_of_target(option)
    plain, remark = in_bits(option)
    remarks += [remark] if remark else []
    return without_pass(in_log(plain))
