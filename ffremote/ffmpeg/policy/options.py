"""Parse `extra_args`: check that each FFmpeg option, its stream and its value are allowed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ffremote.errors import InvalidArgument
from ffremote.spec.grammar import read_stream_map

from .bitstream import read_bitstream_filters
from .encoder_params import read_params
from .filtergraph import read_graph
from .tables import names, table
from .value_rules import Rule, read_value

MAX_VALUE = 2048
_OPTION = re.compile(r"-([A-Za-z0-9][A-Za-z0-9_\-]{0,40})(?::([a-zA-Z0-9:#_.]{1,24}))?", re.ASCII)
_SPECIFIER = re.compile(r"([vVas])(?::[0-9]{1,3})?|[0-9]{1,3}", re.ASCII)
_METADATA = re.compile(r"([A-Za-z][A-Za-z0-9_\- ]{0,63})=([^\x00-\x08\x0b-\x1f\x7f]{0,1024})")
_METADATA_PLACE = re.compile(r"s(?::(?:[vas](?::[0-9]{1,3})?|[0-9]{1,3}))?|g", re.ASCII)
_METADATA_SOURCE = re.compile(
    r"-1|(?:1[0-5]|[0-9])(?::(?:g|s(?::(?:[vas](?::[0-9]{1,3})?|[0-9]{1,3}))?|c:[0-9]{1,4}))?",
    re.ASCII,
)
_PLACED = ("metadata", "map_metadata")
"""Options for the tags of one stream, with specifiers such as `s:a:0`."""
_REPEATED = ("map", "metadata", "map_metadata")
# names that FFmpeg removed, with the name that all versions from 5.1 on have
_RENAMED = {"vsync": "fps_mode", "channel_layout": "ch_layout"}
_RESERVED = {
    "i": "the input is the uploaded file",
    "f": "use `container`",
    "y": "the server names the output",
    "n": "the server names the output",
    "threads": "the server sets the threads",
    "filter_complex": "use `video.filters` and `audio.filters`",
    "lavfi": "use `video.filters` and `audio.filters`",
    "pass": "use `video.two_pass`",
    "passlogfile": "use `video.two_pass`",
    "progress": "the server reports the progress",
    "hwaccel": "use `video.hardware`",
}


@dataclass(frozen=True, slots=True)
class Option:
    """A checked output option; `place` is its index in `extra_args`."""

    name: str
    specifier: str
    value: str | None
    place: int

    @property
    def argv(self) -> tuple[str, ...]:
        """The arguments on the command line."""
        name = f"-{self.name}:{self.specifier}" if self.specifier else f"-{self.name}"
        return (name,) if self.value is None else (name, self.value)

    @property
    def field(self) -> str:
        """The path in the job JSON."""
        return f"extra_args[{self.place}]"


def read_options(words: Sequence[str]) -> tuple[Option, ...]:
    """Return the options in `extra_args`; raise InvalidArgument with the index of the wrong word.

    The word after an option that takes a value is always its value, so no word is left that FFmpeg
    would read as an output file.
    """
    found: list[Option] = []
    place = 0
    while place < len(words):
        name, specifier = _name(words, place)
        rule = table("options")[name]["rule"]
        if rule == ["none"]:
            found.append(Option(name, specifier, None, place))
            place += 1
            continue
        if place + 1 >= len(words):
            raise InvalidArgument(f"extra_args[{place}]", f"The option -{name} needs a value.")
        if name == "filter" and specifier:
            rule = ["filter", specifier[0].lower()]
        value = _value(name, rule, words[place + 1], place + 1)
        found.append(Option(_RENAMED.get(name, name), specifier, value, place))
        place += 2
    _refuse_repeated(found)
    return tuple(found)


def _name(words: Sequence[str], place: int) -> tuple[str, str]:
    word, field = words[place], f"extra_args[{place}]"
    match = _OPTION.fullmatch(word)
    if match is None:
        raise InvalidArgument(
            field,
            f"{word[:60]!r} is not an option: options begin with '-', and files are named by the"
            " server.",
        )
    name, specifier = match[1], match[2] or ""
    if name not in table("options"):
        why = _RESERVED.get(name, "GET /api/v1/capabilities lists those that are")
        raise InvalidArgument(field, f"The option -{name} is not allowed: {why}.")
    _check_place(name, specifier, field)
    return name, specifier


def _check_place(name: str, specifier: str, field: str) -> None:
    if not specifier:
        return
    streams = table("options")[name]["on"]
    if name in _PLACED and _METADATA_PLACE.fullmatch(specifier):
        return
    match = _SPECIFIER.fullmatch(specifier)
    if match is None or not streams:
        raise InvalidArgument(
            field, f"-{name} cannot be used with the stream specifier {specifier!r}."
        )
    if match[1] and match[1].lower() not in streams:
        raise InvalidArgument(field, f"-{name} cannot be used with {specifier!r} streams.")


def _value(name: str, rule: Rule, text: str, place: int) -> str:
    try:
        if len(text) > MAX_VALUE:
            raise ValueError(f"at most {MAX_VALUE} characters are allowed")
        return _SPECIAL[rule[0]](rule, text) if rule[0] in _SPECIAL else read_value(rule, text)
    except ValueError as exc:
        raise InvalidArgument(
            f"extra_args[{place}]", f"-{name} cannot be {text[:60]!r}: {exc}."
        ) from exc


def _refuse_repeated(options: Sequence[Option]) -> None:
    seen = set()
    for option in options:
        if option.name in _REPEATED:
            continue
        if (option.name, option.specifier) in seen:
            raise InvalidArgument(option.field, f"{option.argv[0]} is given twice.")
        seen.add((option.name, option.specifier))


def _codec(rule: Rule, text: str) -> str:
    known = names("video_encoders") | names("audio_encoders") | names("subtitle_encoders")
    families = table("encoders")["families"].keys() | table("encoders")["aliases"].keys()
    if text != "copy" and text not in known | families:
        raise ValueError("expected copy or an encoder that GET /api/v1/capabilities lists")
    return text


def _graph(rule: Rule, text: str) -> str:
    return str(read_graph(text, rule[1]))


def _map(rule: Rule, text: str) -> str:
    if read_stream_map(text) is None:
        raise ValueError("expected a stream map such as 0:v:0 or 0:a:1?")
    return text


def _metadata(rule: Rule, text: str) -> str:
    if not _METADATA.fullmatch(text):
        raise ValueError("expected key=value")
    return text


def _metadata_source(rule: Rule, text: str) -> str:
    if not _METADATA_SOURCE.fullmatch(text):
        raise ValueError("expected -1, an input such as 0, 0:g or a stream such as 0:s:a:0")
    return text


def _bitstream(rule: Rule, text: str) -> str:
    return read_bitstream_filters(text)


_SPECIAL = {
    "codec": _codec,
    "filter": _graph,
    "params": lambda rule, text: read_params(rule[1], text),
    "map": _map,
    "metadata": _metadata,
    "metadata_source": _metadata_source,
    "bsf": _bitstream,
}
