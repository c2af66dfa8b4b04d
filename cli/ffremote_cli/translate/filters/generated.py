"""-f lavfi: a generated input, such as `color` or `anullsrc`, as a chain of the job's graph."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..command_line.parser import InputFile
from ..errors import CannotTranslate
from .graph_text import parse_chains
from .kinds import makes_video

_AUDIO_SOURCES = frozenset({"anullsrc", "sine", "aevalsrc", "anoisesrc", "hilbert", "sinc"})
_HAS_DURATION = re.compile(r"[=:](?:d|duration)=")
_HAS_END = re.compile(r"[=:](?:d|duration)=|\ba?trim=|\bshortest=1")
_ALLOWED_OPTIONS = frozenset({"f", "t", "re", "thread_queue_size", "readrate"})


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated input: its kind, `v` or `a`, and its filters without labels."""

    kind: str
    text: str


def is_generated(source: InputFile) -> bool:
    """Return whether the input is made by filters, and not a file."""
    return source.values("f").get("f") == "lavfi"


def generated_input(source: InputFile, seconds: float | None = None) -> Generated:
    """Return the input as a chain; raise CannotTranslate for several chains or other options.

    `seconds` is the value of -t, or the length of the result for a source that has none itself.
    """
    other = next((each for each in source.options if each.name not in _ALLOWED_OPTIONS), None)
    if other is not None:
        raise CannotTranslate(
            other.word, f"beside -f lavfi only -t is supported before -i {source.name}"
        )
    values, chains = source.values("t"), parse_chains(source.name)
    if len(chains) != 1 or any(each.inputs for each in chains[0]):
        raise CannotTranslate(
            f"-f lavfi -i {source.name}",
            "one chain of filters that begins with a source is supported",
            hint="write the rest with -filter_complex",
        )
    filters = [each.text for each in chains[0]]
    names = [each.name for each in chains[0]]
    kind = "a" if names[0] in _AUDIO_SOURCES and not any(map(makes_video, names)) else "v"
    return Generated(
        kind, ",".join([*filters[:-1], *_limited(filters, kind, seconds, is_own="t" in values)])
    )


def _limited(filters: list[str], kind: str, seconds: float | None, *, is_own: bool) -> list[str]:
    """Return the last filter, with the length; `is_own` if -t gives it, and not the result."""
    last = filters[-1]
    has_duration = bool(_HAS_DURATION.search(filters[0]))
    if seconds is None or (has_duration and not is_own):
        return [last]
    if len(filters) == 1 and not has_duration:
        return [f"{last}{':' if '=' in last else '='}d={seconds:g}"]
    return [last, f"{'a' if kind == 'a' else ''}trim=duration={seconds:g}"]


def refuse_endless(generated: Iterable[Generated], sources: Iterable[InputFile]) -> None:
    """Raise CannotTranslate for a line of generated inputs only, none of which ends."""
    if not any(_HAS_END.search(each.text) for each in generated):
        name = next(iter(sources)).name
        raise CannotTranslate(
            f"-f lavfi -i {name}",
            "this source never ends",
            hint="add -t, or d=SECONDS to the source",
        )


def filtered(generated: Generated, chain: str) -> Generated:
    """Return the input with more filters at its end."""
    return Generated(generated.kind, f"{generated.text},{chain}")
