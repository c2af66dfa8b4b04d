"""The inputs of the line: files to upload, each with its section, and generated ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..command_line.parser import CommandLine, InputFile, Option
from ..errors import CannotTranslate
from ..filters.burned_subtitles import role_of_subtitles
from ..filters.generated import Generated, generated_input, is_generated, refuse_endless
from ..filters.local_files import SideFile
from .decoding import decoding_of
from .reading import reading_of
from .sequence import is_sequence
from .tables import ALIASES
from .times import input_range, parse_time

_TAGS_HEADER = b";FFMETADATA"
_ENDS = frozenset({"t", "to", "fs", "shortest", "frames:v", "filter_complex", "lavfi"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of a command line, by their numbers on it."""

    files: Mapping[int, InputFile]
    generated: Mapping[int, Generated]
    has_end: bool = False
    """Whether an option or a filter graph may end the result before an endless input does."""

    is_joined: bool = False
    """Whether the files are played one after the other, so that maps see one input."""

    side_file: InputFile | None = None
    """A file whose subtitles a filter burns in: the last input of the job."""

    pictures: tuple[InputFile, ...] = ()
    """The pictures that are attached to the result."""

    filter_files: tuple[SideFile, ...] = ()
    """The fonts and LUTs of filters: inputs after all others."""

    @property
    def uploads(self) -> tuple[InputFile, ...]:
        """The inputs of the job in their order."""
        further = (InputFile(each.name) for each in self.filter_files)
        side = filter(None, [self.side_file, *self.pictures])
        return (*self.files.values(), *side, *further)

    @property
    def roles(self) -> tuple[str, ...]:
        """The role of each of the uploads."""
        media = [_role_of(each) for each in self.files.values()]
        burned = [role_of_subtitles(self.side_file.name)] if self.side_file else []
        pictures = ["media"] * len(self.pictures)
        return (*media, *burned, *pictures, *(each.role for each in self.filter_files))

    @property
    def numbers(self) -> dict[int, int]:
        """The numbers of the files in the job, by their numbers on the line."""
        return {number: place for place, number in enumerate(self.files)}

    @property
    def is_single(self) -> bool:
        """Whether maps and filters see one file and nothing else."""
        return self.is_joined or (len(self.files) == 1 and not self.generated)

    @property
    def counts_in_result(self) -> bool:
        """Whether times after -i count in the result, of several inputs or a shown picture."""
        is_repeated = any("loop" in each.values("loop") for each in self.files.values())
        has_side_files = self.side_file is not None or bool(self.filter_files or self.pictures)
        return self.is_joined or has_side_files or is_repeated

    @property
    def count(self) -> int:
        """How many inputs maps and filters see."""
        return 1 if self.is_joined else len(self.files) + len(self.generated)


def read_inputs(line: CommandLine) -> Inputs:
    """Return the inputs; raise CannotTranslate for a generated one that is no single chain.

    A generated input without a length of its own gets that of the result.
    """
    numbered = dict(enumerate(line.inputs))
    length = _length_of_result(line.output_options)
    files = {number: each for number, each in numbered.items() if not is_generated(each)}
    generated = {
        number: generated_input(each, _seconds(each.values("t"), length))
        for number, each in numbered.items()
        if is_generated(each)
    }
    has_end = any(ALIASES.get(o.key, o.key) in _ENDS for o in line.output_options)
    if not files and not has_end:
        refuse_endless(generated.values(), line.inputs)
    return Inputs(files, generated, has_end=has_end, is_joined=line.is_joined)


def _length_of_result(options: Sequence[Option]) -> float | None:
    values = {option.key: option.value or "" for option in options}
    if {"ss", "shortest"} & values.keys():
        return None
    length = values.get("t", values.get("to"))
    return None if length is None else parse_time("-t" if "t" in values else "-to", length)


def _seconds(values: Mapping[str, str], length: float | None) -> float | None:
    return parse_time("-t", values["t"]) if "t" in values else length


def input_fields(
    inputs: Inputs, times: Mapping[str, str], *, keeps_times: bool = False
) -> dict[str, Any]:
    """Return the field `input` or `inputs`, or neither for the whole of one file.

    `times` are those after -i, unless they count in the result; with `keeps_times` (-copyts) they
    are times of the input.
    """
    files = inputs.uploads
    if len(files) != 1:
        sections = [_section(each, {}, has_end=inputs.has_end) for each in files]
        return {"inputs": [_with_role(*each) for each in zip(sections, inputs.roles, strict=True)]}
    section = _section(files[0], times, keeps_times=keeps_times, has_end=inputs.has_end)
    section = _with_role(section, _role_of(files[0]))
    return {"input": section} if section else {}


def _role_of(source: InputFile) -> str:
    """Return `sequence` for pictures, `metadata` for a file of tags (ffmetadata), else `media`."""
    if is_sequence(source):
        return "sequence"
    if source.values("f").get("f") == "ffmetadata":
        return "metadata"
    try:
        with Path(source.name.removeprefix("file:")).open("rb") as file:
            return "metadata" if file.read(len(_TAGS_HEADER)) == _TAGS_HEADER else "media"
    except OSError:  # the upload reports it
        return "media"


def _with_role(section: dict[str, Any], role: str) -> dict[str, Any]:
    return section if role == "media" else {"role": role, **section}


def concat_mode(job: Mapping[str, Any], codec: str | None) -> str:
    """Return how files are joined: `copy` if the line copies a stream; `codec` is that of -c."""
    sections = [job.get(name) or {} for name in ("video", "audio")]
    codecs = [codec, *(section.get("codec") for section in sections)]
    return "copy" if "copy" in codecs else "encode"


def _section(
    source: InputFile, times: Mapping[str, str], *, has_end: bool, keeps_times: bool = False
) -> dict[str, Any]:
    """Return the section of one input: the part of it that the options before -i choose."""
    section = input_range(source.values("ss", "t", "to"), times, keeps_times=keeps_times)
    reading = reading_of(source, has_end=has_end or "duration" in section)
    decoding = decoding_of(source)
    shifted = (
        "-itsoffset" if "offset" in reading else "-itsscale" if "stretch" in decoding else None
    )
    if times and shifted is not None:
        raise CannotTranslate(
            shifted, "beside -ss, -t or -to after -i it is not supported: write them before -i"
        )
    return {**section, **reading, **decoding}
