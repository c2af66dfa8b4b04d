"""Check and plan a job before its input exists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ffremote.errors import InvalidArgument
from ffremote.spec import Input, JobSpec
from ffremote.spec.grammar import read_stream_map
from ffremote.states import FailureReason

from ..formats.decision import Choice, decide
from ..model.capabilities import Capabilities
from ..model.failure import Failure, TranscodeError
from ..model.limits import Limits
from ..model.media_info import ORDINARY_INPUT, ORDINARY_PICTURE, MediaInfo, Stream
from ..model.picture_sequence import ORDINARY_SEQUENCE
from ..model.plan import Plan
from ..streams.declared import with_decoders
from ..streams.raw_data import declared_input
from ..streams.stream_maps import assumed_streams
from .graphs.joining import Joined, join
from .planner import write_plan

_ASSUMED_ALIKE = "concat is auto: this joins alike inputs. Those that are not alike are joined by:"
_ORDINARY = {stream.kind: stream for stream in reversed(ORDINARY_INPUT.streams)}
_ASSUMED = {
    "font": MediaInfo("ttf", None, ()),
    "lut": MediaInfo("cube", None, ()),
    "metadata": MediaInfo("ffmetadata", None, ()),
    "sequence": ORDINARY_SEQUENCE,
}
"""Inputs whose streams the job does not decide."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a worker must have for a job, and warnings for its client."""

    encoders: frozenset[str]
    warnings: tuple[str, ...]
    needs: frozenset[str] = frozenset()
    """What it must know besides encoders."""
    copies_inputs: bool = False
    """Whether the job writes copies of its inputs before its result."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a job would run: the argument lists, the command for people, and warnings."""

    argv: tuple[tuple[str, ...], ...]
    command: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Otherwise:
    """What a job runs if its inputs are not as assumed: encoders, and the command for people."""

    encoders: frozenset[str]
    command: str


def check(spec: JobSpec, capabilities: Capabilities) -> Requirements:
    """Return what the job needs; raise InvalidArgument if it is wrong for any input."""
    joined, choices = _decide(spec, capabilities)
    planned = _plan(joined, choices, capabilities, Limits())
    otherwise = _otherwise(spec, joined, capabilities, Limits())
    encoders, warnings = _encoders(choices), planned.warnings
    if isinstance(otherwise, str):
        warnings = (*warnings, otherwise)
    elif otherwise is not None:
        encoders |= otherwise.encoders
    needs = frozenset[str]().union(*(choice.needs for choice in choices))
    return Requirements(encoders, warnings, needs, joined.parts is not None)


def dry_run(spec: JobSpec, capabilities: Capabilities, limits: Limits) -> DryRun:
    """Return what the job would run for an ordinary input; raise as `check`."""
    joined, choices = _decide(spec, capabilities)
    planned = _plan(joined, choices, capabilities, limits)
    argv = tuple(("ffmpeg", *each.argv) for each in planned.passes)
    otherwise = _otherwise(spec, joined, capabilities, limits)
    warnings = planned.warnings
    if isinstance(otherwise, str):
        warnings = (*warnings, otherwise)
    elif otherwise is not None:
        warnings = (*warnings, f"{_ASSUMED_ALIKE} {otherwise.command}")
    return DryRun(argv, planned.command, warnings)


def _decide(spec: JobSpec, capabilities: Capabilities) -> tuple[Joined, tuple[Choice, ...]]:
    try:
        joined = join(spec, [declared_input(each) or _ordinary(each) for each in spec.sources])
        return joined, decide(joined.spec, capabilities)
    except TranscodeError as exc:
        raise InvalidArgument("concat", exc.failure.message) from exc


def _otherwise(
    spec: JobSpec, joined: Joined, capabilities: Capabilities, limits: Limits
) -> "_Otherwise | str | None":
    """Return what runs if the inputs are not alike as assumed, or why nothing runs then.

    Return None if the job does not depend on it.
    """
    if spec.concat != "auto" or joined.parts is None:
        return None
    try:
        encoded = spec.model_copy(update={"concat": "encode"})
        other, choices = _decide(encoded, capabilities)
        command = _plan(other, choices, capabilities, limits).command
    except InvalidArgument as exc:
        return f"concat is auto: inputs that are not alike will be refused ({exc.message})"
    return _Otherwise(_encoders(choices), command)


def _encoders(choices: Sequence[Choice]) -> frozenset[str]:
    return frozenset[str]().union(*(choice.encoders for choice in choices))


def _plan(
    joined: Joined, choices: Sequence[Choice], capabilities: Capabilities, limits: Limits
) -> Plan:
    parts = joined.parts
    infos: Sequence[MediaInfo] = joined.infos
    if parts is None:
        can_draw = "png" in capabilities.decoders
        infos = [
            declared_input(source)
            or _with_declared(
                ORDINARY_PICTURE
                if can_draw and _is_drawn(choices, number)
                else _ASSUMED.get(source.role) or _assumed_input(choices, number),
                source,
                capabilities,
            )
            for number, source in enumerate(choices[0].spec.sources)
        ]
    try:
        return write_plan(choices, infos, capabilities, limits, attempt="attempt", parts=parts)
    except TranscodeError as exc:
        raise InvalidArgument("job", _without_streams(exc.failure)) from exc


def _with_declared(info: MediaInfo, source: Input, capabilities: Capabilities) -> MediaInfo:
    streams = tuple(with_decoders(info.streams, source, capabilities))
    return replace(info, streams=streams, charset=source.charset)


def _without_streams(failure: Failure) -> str:
    """Return message and hint, without the list of streams: they are those of the assumed input."""
    if failure.reason is FailureReason.NO_SUCH_STREAM:
        return failure.message
    return f"{failure.message} {failure.hint}".strip()


def _ordinary(source: Input) -> MediaInfo:
    """Return an ordinary input of the role of `source`."""
    return ORDINARY_SEQUENCE if source.is_sequence else ORDINARY_INPUT


_ONLY_PICTURES = ("overlays", "attachments")


def _is_drawn(choices: Sequence[Choice], number: int) -> bool:
    """Whether an input is only drawn or attached, so that it is a picture rather than a film."""
    named = [item for each in choices for item in each.spec.named_inputs.items()]
    keys = [key for key, each in named if each == number]
    source = choices[0].spec.sources[number]
    is_one = source.role == "media" and not source.loop
    return bool(keys) and is_one and all(key.startswith(_ONLY_PICTURES) for key in keys)


def _assumed_input(choices: Sequence[Choice], number: int) -> MediaInfo:
    """Return an ordinary input that also has every stream which the job names."""
    specs, choice = [each.spec for each in choices], choices[0]
    parts = [
        part for each in specs for part in (each.video_options, each.audio_options, each.subtitles)
    ]
    tracks = [part.track for part in parts if part and isinstance(part.track, int)]
    pads = choice.graph.inputs if choice.graph else ()
    named = [text for each in specs for text in each.streams or ()]
    named += [pad.label for pad in pads if pad.label]
    texts = [text for text in named if _names_input(text, number)]
    maps = [found for text in texts if (found := read_stream_map(text))]
    extra = max([0, *tracks, *(each.number or 0 for each in maps)])
    if len(specs[0].sources) == 1:  # each pad without a label takes another stream
        extra = max(extra, len([pad for pad in pads if pad.label is None]) - 1)
    streams = list(ORDINARY_INPUT.streams)
    for _ in range(extra):
        for each in ORDINARY_INPUT.streams[:3]:
            streams.append(_at(each, len(streams)))
    for kind, letter in (("data", "d"), ("attachment", "t")):
        most = max(((each.number or 0) + 1 for each in maps if each.kind == letter), default=0)
        streams += [Stream(len(streams) + n, kind, "bin_data", tag="gpmd") for n in range(most)]
    for text in texts:
        for each in assumed_streams(text, ORDINARY_INPUT.streams[:3]):
            streams.append(replace(each, index=len(streams)))
    for index, kind in _kinds_of_indexes(choices, texts).items():
        streams[index] = _at(_ORDINARY[kind], index)
    return MediaInfo(ORDINARY_INPUT.format, ORDINARY_INPUT.duration, tuple(streams))


def _kinds_of_indexes(choices: Sequence[Choice], texts: Sequence[str]) -> dict[int, str]:
    """Return the kind of stream that a map by index alone (`0:2`) must name, by its index.

    A graph's filter decides it; else the first such map of an audio file's first input is audio,
    and that of a subtitle file is a subtitle.
    """
    graph = choices[0].graph
    wanted = {pad.label: pad.kind for pad in (graph.inputs if graph else ())}
    for each in choices:
        if each.container.video is None:
            own = [text for text in each.spec.streams or () if text in texts]
            first = next((t for t in own if t.startswith("0:") and _index(t) is not None), None)
            wanted.setdefault(first, "audio" if each.container.audio else "subtitle")
    kinds = {text: wanted.get(text) for text in texts}
    return {
        index: kind
        for text, kind in kinds.items()
        if kind in _ORDINARY and (index := _index(text)) is not None
    }


def _index(text: str) -> int | None:
    parts = read_stream_map(text)
    return parts.number if parts and parts.kind is None and not parts.excludes else None


def _names_input(text: str, number: int) -> bool:
    parts = read_stream_map(text)
    return parts is not None and parts.input == number


def _at(stream: Stream, index: int) -> Stream:
    return Stream(
        index,
        stream.kind,
        stream.codec,
        stream.width,
        stream.height,
        stream.fps,
        stream.pix_fmt,
        stream.sample_rate,
        stream.channels,
    )
