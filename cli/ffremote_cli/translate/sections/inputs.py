"""The inputs of the line: files to upload, each with its section, and generated ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..command_line.parser import InputFile
from ..filters.generated import Generated, generated_input, is_generated
from .times import input_range


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a command line, by their numbers on it."""

    files: Mapping[int, InputFile]
    generated: Mapping[int, Generated]

    @property
    def numbers(self) -> dict[int, int]:
        """The numbers of the files in the job, by their numbers on the line."""
        return {number: place for place, number in enumerate(self.files)}

    @property
    def is_single(self) -> bool:
        """Whether the line has one file and nothing else."""
        return len(self.files) == 1 and not self.generated


def read_inputs(inputs: Sequence[InputFile]) -> Inputs:
    """Return the inputs; raise CannotTranslate for a generated one that is no single chain."""
    numbered = dict(enumerate(inputs))
    return Inputs(
        {number: each for number, each in numbered.items() if not is_generated(each)},
        {n: generated_input(each) for n, each in numbered.items() if is_generated(each)},
    )


def input_section(source: InputFile) -> dict[str, Any]:
    """Return the section of one input: the part of it that the options before -i choose."""
    return input_range(source.values("ss", "t", "to"), {})
