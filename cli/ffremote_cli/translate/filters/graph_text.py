"""The text of -filter_complex, parsed into chains of filters with their labels."""

from dataclasses import dataclass

from ..errors import CannotTranslate

OPTION = "-filter_complex"


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as it was typed, with the labels before and after it."""

    text: str
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The filter's name, without instance name and arguments."""
        return self.text.partition("=")[0].partition("@")[0].strip()

    def __str__(self) -> str:
        return f"{_in_brackets(self.inputs)}{self.text}{_in_brackets(self.outputs)}"


Chain = tuple[Filter, ...]


def parse_chains(text: str) -> list[Chain]:
    """Split the graph at `;` and `,` outside quotes; raise CannotTranslate for a bad bracket."""
    chains = []
    for part in split_outside_quotes(text, ";"):
        if part.strip():
            chains.append(tuple(_parse_filter(each) for each in split_outside_quotes(part, ",")))
    return chains


def _parse_filter(text: str) -> Filter:
    inputs, rest = _labels(text.strip())
    body, bracket, after = _before_bracket(rest)
    outputs, unparsed = _labels(f"{bracket}{after}".strip())
    if unparsed or not body.strip():
        raise CannotTranslate(f"{OPTION} {text.strip()}", "not a filter between labels")
    return Filter(body.strip(), inputs, outputs)


def _labels(text: str) -> tuple[tuple[str, ...], str]:
    """Return the labels at the beginning of the text, and the rest."""
    labels = []
    while text.startswith("["):
        label, bracket, text = text[1:].partition("]")
        if not bracket:
            raise CannotTranslate(f"{OPTION} [{label}", "missing closing bracket")
        labels.append(label.strip())
        text = text.lstrip()
    return tuple(labels), text


def _before_bracket(text: str) -> tuple[str, str, str]:
    index = next((at for at, char in outside_quotes(text) if char == "["), len(text))
    return text[:index], text[index : index + 1], text[index + 1 :]


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """Split the text at a character outside quotes and not after a backslash."""
    cuts = [at for at, char in outside_quotes(text) if char == separator]
    starts, ends = [0, *(at + 1 for at in cuts)], [*cuts, len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def outside_quotes(text: str) -> list[tuple[int, str]]:
    """Return the characters outside quotes and not after a backslash, with their indexes."""
    found, quoted, escaped = [], False, False
    for at, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\" and not quoted:
            escaped = True
        elif char == "'":
            quoted = not quoted
        elif not quoted:
            found.append((at, char))
    return found


def _in_brackets(labels: tuple[str, ...]) -> str:
    return "".join(f"[{label}]" for label in labels)
