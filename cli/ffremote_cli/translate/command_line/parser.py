"""An ffmpeg command line, parsed as ffmpeg parses it: each option belongs to the next file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import CannotTranslate
from .option_names import INFORMATION_OPTIONS, MAY_HAVE_VALUE, is_global, takes_value


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `-c:v libx264` has the name `c`, the specifier `v` and a value."""

    name: str
    specifier: str
    value: str | None

    @property
    def word(self) -> str:
        """The option as it was typed, without its value."""
        return f"-{self.name}:{self.specifier}" if self.specifier else f"-{self.name}"

    @property
    def key(self) -> str:
        """Name and specifier, such as `c:v`: the key of the translation tables."""
        return self.word[1:]

    @property
    def words(self) -> list[str]:
        """The option as it was typed, as separate arguments."""
        return [self.word] if self.value is None else [self.word, self.value]


@dataclass(frozen=True, slots=True)
class InputFile:
    """One -i: its value, and the options before it."""

    name: str
    options: tuple[Option, ...] = ()
    parts: tuple[str, ...] = ()
    """The files that are read one after the other in place of a playlist or a list."""
    is_pictures: bool = False
    """Whether the parts are the pictures of a sequence."""

    def values(self, *keys: str) -> dict[str, str]:
        """Return the values of these options by their keys; of a repeated one the last."""
        return {each.key: each.value or "" for each in self.options if each.key in keys}


@dataclass(frozen=True, slots=True)
class OutputFile:
    """One output: its path, and the options before it."""

    name: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A parsed command line: its inputs and outputs, with their options."""

    globals: tuple[Option, ...]
    inputs: tuple[InputFile, ...]
    output_options: tuple[Option, ...]
    output: str | None
    is_joined: bool = False
    """Whether the inputs are the files of a list, to be played one after the other."""
    notes: tuple[str, ...] = ()
    """Remarks on what was read of the line and has no effect."""
    further_outputs: tuple[OutputFile, ...] = ()
    """The outputs after the first one."""

    def for_each_output(self) -> "tuple[CommandLine, ...]":
        """Return the line as it is for each output, in order; at least one."""
        further = (
            replace(self, output=each.name, output_options=each.options, further_outputs=())
            for each in self.further_outputs
        )
        return (replace(self, further_outputs=()), *further)

    @property
    def information_option(self) -> Option | None:
        """The first option that makes ffmpeg print information and exit, such as -version."""
        return next((each for each in self.globals if each.name in INFORMATION_OPTIONS), None)


def parse(arguments: Sequence[str]) -> CommandLine:
    """Parse the arguments; raise CannotTranslate for an option without its value or its file."""
    global_options: list[Option] = []
    pending: list[Option] = []
    inputs: list[InputFile] = []
    outputs: list[OutputFile] = []
    remaining = list(arguments)
    while remaining:
        argument = remaining.pop(0)
        if argument.startswith("-") and argument != "-":
            option = _option(argument, remaining)
            if option.key == "i":
                inputs.append(InputFile(option.value or "", tuple(pending)))
                pending = []
            elif is_global(option.name):
                global_options.append(option)
            else:
                pending.append(option)
        else:
            outputs.append(OutputFile(argument, tuple(pending)))
            pending = []
    if pending and inputs and outputs:
        raise CannotTranslate(
            pending[0].word, "this option follows the last file, but must precede its file"
        )
    first = outputs[0] if outputs else None
    return CommandLine(
        tuple(global_options),
        tuple(inputs),
        first.options if first else (),
        first.name if first else None,
        further_outputs=tuple(outputs[1:]),
    )


def _option(argument: str, remaining: list[str]) -> Option:
    """Return the option with its value, which is removed from `remaining`."""
    text = argument.removeprefix("--" if argument == "--help" else "-")
    name, _, specifier = text.partition(":")
    if name in MAY_HAVE_VALUE:
        return Option(name, specifier, remaining.pop(0) if remaining else None)
    if not takes_value(name):
        return Option(name, specifier, None)
    if not remaining:
        raise CannotTranslate(argument, "this option requires a value")
    return Option(name, specifier, remaining.pop(0))
