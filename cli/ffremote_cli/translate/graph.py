"""-filter_complex of one input, as a graph of pictures or of sound alone."""

import re
from dataclasses import dataclass

from .refusal import CannotTranslate

_INPUT = re.compile(r"\s*\[0:([va])(?::0)?\]\s*")
_ANY_INPUT = re.compile(r"\[\d+:[^\]]*\]|\[\d+\]")
_OUTPUT = re.compile(r"\s*\[([A-Za-z0-9_]+)\]\s*$")
_WORD = "-filter_complex"
_NEAREST = (
    "pictures and sound each have filters of their own: -vf and -af; parts of a film are picked"
    " with -vf select and -af aselect"
)


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph with one input and one output; `label` is that of the output, or None."""

    kind: str
    text: str
    label: str | None


def read_graph(text: str) -> Graph:
    """Take the labels of input and output off; raises CannotTranslate when there are more."""
    inputs = _INPUT.findall(text)
    others = [each for each in _ANY_INPUT.findall(text) if not _INPUT.fullmatch(each)]
    if others or len(inputs) > 1:
        raise CannotTranslate(
            f"{_WORD} {text}",
            f"it reads {(others or ['the input more than once'])[0]}, and filters of a job read"
            " its pictures or its sound once",
            hint=_NEAREST,
        )
    bare = _INPUT.sub("", text, count=1).strip().rstrip(";")
    label = _open_end(bare)
    if label is not None:
        bare = _OUTPUT.sub("", bare)
    return Graph(inputs[0] if inputs else "v", bare, label)


def _open_end(text: str) -> str | None:
    """The label at the end of the text, unless another chain reads it."""
    match = _OUTPUT.search(text)
    if match is None:
        return None
    if text.count(f"[{match[1]}]") > 1:
        raise CannotTranslate(f"{_WORD} {text}", "write the chain with the output last")
    return match[1]
