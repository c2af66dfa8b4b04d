"""An ffmpeg command line, read as ffmpeg reads it: which option belongs to which file."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import CannotTranslate
from .option_names import MAY_HAVE_VALUE, QUESTIONS, is_global, takes_value


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
        """`c:v`, as the tables know it."""
        return self.word[1:]

    @property
    def words(self) -> list[str]:
        """The option as it was typed."""
        return [self.word] if self.value is None else [self.word, self.value]


@dataclass(frozen=True, slots=True)
class Line:
    """What stood on the command line: one input and one output, each with its options."""

    globals: tuple[Option, ...]
    input_options: tuple[Option, ...]
    input: str | None
    output_options: tuple[Option, ...]
    output: str | None

    @property
    def question(self) -> Option | None:
        """The first option that makes ffmpeg print something about itself and end."""
        return next((each for each in self.globals if each.name in QUESTIONS), None)


def read_line(words: Sequence[str]) -> Line:
    """Sort the words; raises CannotTranslate for a second input or output."""
    common: list[Option] = []
    pending: list[Option] = []
    input_options: tuple[Option, ...] = ()
    output_options: tuple[Option, ...] = ()
    source: str | None = None
    target: str | None = None
    left = list(words)
    while left:
        word = left.pop(0)
        if word.startswith("-") and word != "-":
            option = _option(word, left)
            if option.key == "i":
                _refuse_second("input", source, option.value)
                source, input_options, pending = option.value, tuple(pending), []
            elif is_global(option.name):
                common.append(option)
            else:
                pending.append(option)
        else:
            _refuse_second("output", target, word)
            target, output_options, pending = word, tuple(pending), []
    line = Line(tuple(common), input_options, source, output_options, target)
    if pending and source is not None and target is not None:
        raise CannotTranslate(
            pending[0].word, "it stands after the last file, and an option belongs before its file"
        )
    return line


def _option(word: str, left: list[str]) -> Option:
    name, _, specifier = word.removeprefix("--" if word == "--help" else "-").partition(":")
    if name in MAY_HAVE_VALUE:
        return Option(name, specifier, left.pop(0) if left else None)
    if not takes_value(name):
        return Option(name, specifier, None)
    if not left:
        raise CannotTranslate(word, "this option needs a value")
    return Option(name, specifier, left.pop(0))


def _refuse_second(what: str, first: str | None, second: str | None) -> None:
    if first is not None:
        raise CannotTranslate(
            str(second),
            f"this would be a second {what}, and a job has one",
            hint="run a command for each" if what == "output" else None,
        )
