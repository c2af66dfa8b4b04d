"""What the job declares of its inputs (format, decoders, charset), checked against the inputs."""

from collections.abc import Sequence
from dataclasses import replace

from ffremote.errors import InvalidArgument
from ffremote.spec import Input, JobSpec
from ffremote.states import FailureReason

from ..model.capabilities import Capabilities
from ..model.failure import refuse
from ..model.media_info import MediaInfo, Stream
from ..policy.tables import decoder_kind
from . import alpha

_TEXT = frozenset({"ass", "mov_text", "srt", "ssa", "subrip", "text", "webvtt"})


def check_declared(spec: JobSpec, infos: Sequence[MediaInfo], capabilities: Capabilities) -> None:
    """Raise InvalidArgument for what no input could be, TranscodeError for what these are not."""
    for number, (source, info) in enumerate(zip(spec.sources, infos, strict=True)):
        field = spec.source_field(number)
        _check_format(source, f"{field}.format", capabilities)
        for name in source.decoders:
            _check_decoder(name, f"{field}.decoder", info, capabilities)
        if source.charset and not any(each.codec in _TEXT for each in info.streams):
            raise refuse(
                FailureReason.UNSUPPORTED_INPUT,
                f"{field}.charset is {source.charset}, but the input has no text subtitles.",
                "Leave it out; it is the charset of subtitles only.",
            )


def decoder_options(source: Input, info: MediaInfo, capabilities: Capabilities) -> list[str]:
    """Return the input options that select the declared decoders, and those that read alpha."""
    declared = {
        stream.index: name
        for name in source.decoders
        for stream in info.streams
        if name in capabilities.decoders.get(stream.codec, ())
    }
    chosen = alpha.decoders(info) | declared
    return [word for index in sorted(chosen) for word in (f"-c:{index}", chosen[index])]


def as_declared(info: MediaInfo, source: Input) -> MediaInfo:
    """Return `info` with the pictures as they are decoded with the declared options."""
    if source.rotate == "keep":
        info = replace(info, streams=tuple(replace(s, rotation=None) for s in info.streams))
    return info


def with_decoders(
    streams: Sequence[Stream], source: Input, capabilities: Capabilities
) -> list[Stream]:
    """Return the streams of an assumed input, with codecs that the declared decoders read."""
    codecs = {
        decoder_kind(name): codec
        for name in source.decoders
        for codec, found in capabilities.decoders.items()
        if name in found
    }
    if source.charset:
        codecs.setdefault("subtitle", "subrip")
    return [replace(s, codec=codecs.get(s.kind, s.codec)) for s in streams]


def _check_format(source: Input, field: str, capabilities: Capabilities) -> None:
    """Raise InvalidArgument for a format that this FFmpeg lacks; each has those without header."""
    known = source.format is None or source.is_raw or source.format in capabilities.demuxers
    if not known:
        raise InvalidArgument(
            field, f"{field} {source.format} is not read by this server's FFmpeg."
        )


def _check_decoder(name: str, field: str, info: MediaInfo, capabilities: Capabilities) -> None:
    kind = decoder_kind(name)
    codecs = {codec for codec, found in capabilities.decoders.items() if name in found}
    if kind is None or not codecs:
        raise InvalidArgument(
            field,
            f"{field} cannot be {name!r}: this server has no such decoder. GET"
            " /api/v1/capabilities lists the decoders of each codec.",
        )
    streams = info.of_kind(kind)
    if streams and not any(stream.codec in codecs for stream in streams):
        found = ", ".join(dict.fromkeys(stream.codec for stream in streams))
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            f"{field} is {name}, which reads {' and '.join(sorted(codecs))}, but the {kind} of the"
            f" input is {found}.",
            "Leave the decoder out: FFmpeg chooses one that fits.",
        )
