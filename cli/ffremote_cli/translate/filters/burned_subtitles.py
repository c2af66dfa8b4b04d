"""Filters that burn subtitles in: `subtitles=FILE`, `ass=FILE`, and an overlay of a stream."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath

from ..errors import CannotTranslate
from .graph_text import Chain, Filter, parse_chains, split_outside_quotes
from .kinds import kind_of_filter

_NAMES = frozenset({"ass", "subtitles"})
_TEXT_FILES = frozenset({".ass", ".srt", ".ssa", ".vtt"})
_FONTS = frozenset({".otf", ".ttc", ".ttf"})
_QUOTED = re.compile(r"'([^']*)'|\\(.)", re.DOTALL)
_VIDEO = re.compile(r"(\d+):v(?::0)?")
_BITMAP = re.compile(r"(\d+):s(?::(\d+))?")
_PLAIN_OVERLAY = re.compile(r"overlay(?:=(?:0:0|x=0:y=0|\(W-w\)/2:\(H-h\)/2))?")


@dataclass(frozen=True, slots=True)
class BurnedSubtitles:
    """The file and the track whose subtitles are burned in, and how."""

    file: str
    track: int = 0
    style: str | None = None
    charset: str | None = None
    fonts: tuple[str, ...] = ()
    is_first: bool = False
    """Whether they are drawn before the other filters."""
    input: int | None = None
    """The number of the input on the line, instead of a file."""


@dataclass(slots=True)
class _Options:
    """The parameters of the filter, by name."""

    values: dict[str, str] = field(default_factory=dict)

    def take(self, *names: str) -> str | None:
        """Return the value of the first of these names that is given, and forget all of them."""
        found = [self.values.pop(name) for name in names if name in self.values]
        return found[0] if found else None


def role_of_subtitles(name: str) -> str:
    """Return the role of the file as an input: `subtitle`, or `media` for a film with subtitles."""
    return "subtitle" if PurePath(name).suffix.lower() in _TEXT_FILES else "media"


def split_burned_subtitles(text: str) -> tuple[str, BurnedSubtitles | None]:
    """Return the filters of -vf without one that burns in subtitles, and what it burns in.

    Raise CannotTranslate if other filters are on both sides of it, or for options without a key.
    """
    if not any(name in text for name in _NAMES):
        return text, None
    chains = [list(chain) for chain in parse_chains(text)]
    found = [each for chain in chains for each in chain if each.name in _NAMES]
    if not found:
        return text, None
    if len(found) > 1 or len(chains) > 1:
        raise CannotTranslate(f"-vf {text}", "one filter that burns subtitles in is supported")
    [chain] = chains
    place = chain.index(found[0])
    if 0 < place < len(chain) - 1:
        raise CannotTranslate(
            f"-vf {text}", "the filter that burns subtitles in must be the first or the last one"
        )
    burned = replace(_burned(found[0]), is_first=place == 0 < len(chain) - 1)
    return ",".join(str(each) for each in chain if each is not found[0]), burned


def split_burned_in_graph(text: str) -> tuple[str, BurnedSubtitles | None]:
    """Return a graph without what burns in subtitles at its beginning or end, and what that is.

    Raise CannotTranslate for subtitles that are drawn in the middle of the graph.
    """
    if not any(name in text for name in (*_NAMES, ":s")):
        return text, None
    chains = parse_chains(text)
    places = [
        (at, place)
        for at, chain in enumerate(chains)
        for place, each in enumerate(chain)
        if each.name in _NAMES or _of_bitmaps(each) is not None
    ]
    if not places:
        return text, None
    at, place = places[0]
    if len(places) > 1 or not _is_only_video(chains, at):
        raise CannotTranslate(
            f"-filter_complex {text}",
            "subtitles are burned into one video, and no other filters are beside it",
            hint="burn them in with -vf, in a second step",
        )
    chain = chains[at]
    each = chain[place]
    bitmaps = _of_bitmaps(each)
    if bitmaps is not None and place == 0:
        chains[at] = _without(chain, place, inputs=each.inputs[:1])
        return _text(chains), bitmaps
    if bitmaps is not None or 0 < place < len(chain) - 1:
        raise CannotTranslate(
            f"-filter_complex {each}", "subtitles are burned in by the first or the last filter"
        )
    chains[at] = _without(chain, place, inputs=each.inputs)
    return _text(chains), replace(_burned(each), is_first=place == 0 < len(chain) - 1)


def _is_only_video(chains: Sequence[Chain], at: int) -> bool:
    """Whether no other chain of video is beside the chain `at`."""
    others = [chain for number, chain in enumerate(chains) if number != at]
    return all(kind_of_filter(chain[-1].name) == "a" for chain in others)


def _of_bitmaps(each: Filter) -> BurnedSubtitles | None:
    """Return the stream of subtitles that a plain overlay draws on the video of its file."""
    if len(each.inputs) != 2 or not _PLAIN_OVERLAY.fullmatch(each.text.replace(" ", "")):
        return None
    video, drawn = _VIDEO.fullmatch(each.inputs[0]), _BITMAP.fullmatch(each.inputs[1])
    if video is None or drawn is None:
        return None
    return BurnedSubtitles("", int(drawn[2] or 0), input=int(drawn[1]), is_first=True)


def _without(chain: Chain, place: int, *, inputs: Sequence[str]) -> Chain:
    """Return the chain without a filter at one of its ends, whose labels its neighbour gets."""
    each = chain[place]
    if len(chain) == 1:
        return (Filter("null", tuple(inputs), each.outputs),)
    if place == 0:
        return (replace(chain[1], inputs=tuple(inputs)), *chain[2:])
    return (*chain[:-2], replace(chain[-2], outputs=each.outputs))


def _text(chains: Sequence[Chain]) -> str:
    return ";".join(",".join(map(str, chain)) for chain in chains)


def _burned(each: Filter) -> BurnedSubtitles:
    """Return what a filter burns in; raise CannotTranslate for options without a key."""
    options = _options_of(each.text.partition("=")[2])
    file = options.take("filename", "f") or ""
    track = options.take("stream_index", "si") or "0"
    folder = options.take("fontsdir")
    burned = BurnedSubtitles(
        file.removeprefix("file:"),
        int(track) if track.isdecimal() else 0,
        options.take("force_style"),
        options.take("charenc"),
        () if folder is None else _fonts_in(folder),
    )
    if options.values:
        name = next(iter(options.values))
        raise CannotTranslate(
            each.text, f"{name} is not supported: a job burns subtitles as large as the picture"
        )
    return burned


def _options_of(text: str) -> _Options:
    options = _Options()
    for place, part in enumerate(split_outside_quotes(_unquoted_whole(text), ":")):
        key, equals, value = part.partition("=")
        if place == 0 and not (equals and re.fullmatch(r"[a-z_]+", key)):
            key, value = "filename", part
        options.values[key] = _unquoted(value)
    return options


def _unquoted_whole(text: str) -> str:
    """Return `text` without quotes around all of it, as in `subtitles='a.srt:si=1'`."""
    inner = text[1:-1]
    is_whole = len(text) > 1 and text[0] == text[-1] == "'" and "'" not in inner
    return inner if is_whole else text


def _unquoted(text: str) -> str:
    return _QUOTED.sub(lambda match: match[2] if match[1] is None else match[1], text)


def _fonts_in(folder: str) -> tuple[str, ...]:
    try:
        found = sorted(each for each in Path(folder).iterdir() if each.suffix.lower() in _FONTS)
    except OSError as exc:
        raise CannotTranslate(f"fontsdir={folder}", f"it cannot be read: {exc.strerror}") from exc
    return tuple(map(str, found))
