"""-f lavfi: a generated input, such as `color` or `anullsrc`, as a chain of the job's graph."""

import re
from dataclasses import dataclass

from ..command_line.parser import InputFile
from ..errors import CannotTranslate
from .graph_text import parse_chains
from .kinds import kind_of_filter, makes_video

_AUDIO_SOURCES = frozenset({"anullsrc", "sine", "aevalsrc", "anoisesrc", "hilbert", "sinc"})
_HAS_DURATION = re.compile(r"[=:](?:d|duration)=")
_ALLOWED_OPTIONS = frozenset({"f", "t", "re", "thread_queue_size", "readrate"})


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated input: its kind, `v` or `a`, and its filters without labels."""

    kind: str
    text: str


def is_generated(source: InputFile) -> bool:
    """Return whether the input is made by filters, and not a file."""
    return source.values("f").get("f") == "lavfi"


def generated_input(source: InputFile) -> Generated:
    """Return the input as a chain; raise CannotTranslate for several chains or other options."""
    other = next((each for each in source.options if each.name not in _ALLOWED_OPTIONS), None)
    if other is not None:
        raise CannotTranslate(
            other.word, f"beside -f lavfi only -t is supported before -i {source.name}"
        )
    chains = parse_chains(source.name)
    if len(chains) != 1 or any(each.inputs for each in chains[0]):
        raise CannotTranslate(
            f"-f lavfi -i {source.name}",
            "one chain of filters that begins with a source is supported",
            hint="write the rest with -filter_complex",
        )
    filters = [each.text for each in chains[0]]
    names = [each.name for each in chains[0]]
    kind = "a" if names[0] in _AUDIO_SOURCES and not any(map(makes_video, names)) else "v"
    return Generated(kind, ",".join([*filters[:-1], *_limited(filters, kind, source)]))


def _limited(filters: list[str], kind: str, source: InputFile) -> list[str]:
    """Return the last filter, with the length that -t gives."""
    seconds = source.values("t").get("t")
    last = filters[-1]
    if seconds is None:
        return [last]
    if len(filters) == 1 and not _HAS_DURATION.search(last):
        return [f"{last}{':' if '=' in last else '='}d={seconds}"]
    return [last, f"{'a' if kind == 'a' else ''}trim=duration={seconds}"]


def filtered(generated: Generated, chain: str) -> Generated:
    """Return the input with more filters at its end."""
    return Generated(generated.kind, f"{generated.text},{chain}")


def source_kind(name: str) -> str:
    """Return the kind of stream that the source or filter produces."""
    return "a" if name in _AUDIO_SOURCES else kind_of_filter(name)
