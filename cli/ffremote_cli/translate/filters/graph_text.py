"""The text of -filter_complex, taken apart into chains of filters with their labels."""

from dataclasses import dataclass

from ..errors import CannotTranslate

WORD = "-filter_complex"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as it was written, with the labels before and after it."""

    text: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The filter's name, without its instance and its arguments."""
        return self.text.partition("=")[0].partition("@")[0].strip()

    def __str__(self) -> str:
        return f"{_in_brackets(self.inputs)}{self.text}{_in_brackets(self.outputs)}"


Chain = tuple[Filter, ...]


def read_chains(text: str) -> list[Chain]:
    """Split the graph at `;` and `,` outside quotes; raises CannotTranslate for an odd bracket."""
    chains = []
    for part in _split(text, ";"):
        if part.strip():
            chains.append(tuple(_read_filter(each) for each in _split(part, ",")))
    return chains


def _read_filter(text: str) -> Filter:
    inputs, rest = _labels(text.strip())
    body, bracket, after = _before_bracket(rest)
    outputs, left = _labels(f"{bracket}{after}".strip())
    if left or not body.strip():
        raise CannotTranslate(f"{WORD} {text.strip()}", "this is not a filter between its labels")
    return Filter(body.strip(), inputs, outputs)


def _labels(text: str) -> tuple[tuple[str, ...], str]:
    """The labels that the text begins with, and the rest."""
    found = []
    while text.startswith("["):
        label, bracket, text = text[1:].partition("]")
        if not bracket:
            raise CannotTranslate(f"{WORD} [{label}", "this bracket is not closed")
        found.append(label.strip())
        text = text.lstrip()
    return tuple(found), text


def _before_bracket(text: str) -> tuple[str, str, str]:
    place = next((at for at, letter in _bare(text) if letter == "["), len(text))
    return text[:place], text[place : place + 1], text[place + 1 :]


def _split(text: str, separator: str) -> list[str]:
    places = [at for at, letter in _bare(text) if letter == separator]
    starts, ends = [0, *(at + 1 for at in places)], [*places, len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _bare(text: str) -> list[tuple[int, str]]:
    """The letters that stand outside quotes and behind no backslash, with their places."""
    found, quoted, escaped = [], False, False
    for at, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\\" and not quoted:
            escaped = True
        elif letter == "'":
            quoted = not quoted
        elif not quoted:
            found.append((at, letter))
    return found


def _in_brackets(labels: tuple[str, ...]) -> str:
    return "".join(f"[{label}]" for label in labels)
