"""How long a result should be, from what the input says and what the job does to it."""

import math
import re
from collections.abc import Sequence

from ffremote.spec import JobSpec
from ffremote.spec.values import number_text
from ffremote.states import FailureReason

from .facts import MediaFacts
from .failure import refuse
from .filtergraph import Filter, Graph
from .options import Option
from .plan import Expected
from .selection import Selection

# these carry no length; ffprobe guesses it from the bit rate of the first seconds
_GUESSED = frozenset(
    {"aac", "ac3", "amr", "dts", "eac3", "h263", "h264", "hevc", "m4v", "mjpeg", "mp3"}
    | {"mpeg", "mpegvideo", "obu", "vvc"}
)
# after these the length of the output can no longer be foretold from the input's
_LENGTH_CHANGERS = frozenset(
    {"acrossfade", "apad", "aselect", "asetrate", "atrim", "select", "silenceremove"}
    | {"telecine", "thumbnail", "tile", "tpad", "trim", "zoompan"}
)
_CUTTERS = frozenset({"frames", "vframes", "aframes", "dframes", "shortest"})


def stretch_of_input(spec: JobSpec, facts: MediaFacts) -> tuple[float, float | None]:
    """Return where reading starts and how long it goes on, as the job says.

    Raises TranscodeError when the start lies behind the end of the input.
    """
    part = spec.input
    start = (part.start if part else None) or 0.0
    length = part.duration if part else None
    if part and part.end is not None:
        length = part.end - start
    if facts.duration is not None and start >= facts.duration > 0 and not _is_guess(facts):
        raise refuse(
            FailureReason.OUTPUT_TRUNCATED,
            f"input.start is {number_text(start)} s, but the input ends at"
            f" {number_text(facts.duration)} s.",
            "Choose a start before the end of the input.",
        )
    return start, length


def expect(
    spec: JobSpec,
    facts: MediaFacts,
    selection: Selection,
    graphs: dict[str, Sequence[Graph]],
    options: Sequence[Option],
) -> Expected:
    """Foretell the result."""
    start, length = stretch_of_input(spec, facts)
    kinds = tuple(stream.kind for stream in selection.streams)
    lengths = []
    for stream in selection.streams:
        whole = stream.duration if stream.duration is not None else facts.duration
        factor = _factor(graphs.get(stream.kind, ()))
        if stream.kind == "subtitle":
            continue
        if whole is None or factor is None:
            return Expected(None, kinds, _is_guess(facts))
        taken = max(0.0, whole - start)
        lengths.append((taken if length is None else min(length, taken)) * factor)
    cut = any(option.name in _CUTTERS for option in options)
    duration = None if cut or not lengths else max(lengths)
    return Expected(duration, kinds, _is_guess(facts))


def _factor(graphs: Sequence[Graph]) -> float | None:
    """The factor between the input's length and the output's; None when it is unknown."""
    filters = [each for graph in graphs for each in graph.filters]
    if any(each.name in _LENGTH_CHANGERS for each in filters):
        return None
    return math.prod(_stretch(each) for each in filters)


def _stretch(each: Filter) -> float:
    params = dict(each.params)
    if each.name == "atempo":
        return 1 / float(params.get("tempo", "1"))
    if each.name == "rubberband":
        return 1 / float(params.get("tempo", "1"))
    if each.name not in ("setpts", "asetpts"):
        return 1.0
    factor = re.search(r"([*/]?)([0-9]+(?:\.[0-9]+)?)([*]?)", params["expr"], re.ASCII)
    if factor is None:
        return 1.0
    number = float(factor[2])
    return 1 / number if factor[1] == "/" else number


def _is_guess(facts: MediaFacts) -> bool:
    return facts.format.split(",")[0] in _GUESSED
