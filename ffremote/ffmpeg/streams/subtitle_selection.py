"""Selects the subtitles of the result, and the one that is burned into the video."""

from ffremote.spec import JobSpec

from ..formats import subtitles
from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..model.capabilities import Capabilities
from ..model.media_info import MediaInfo, Stream
from .named_streams import streams_of
from .stream_maps import no_such_stream

# FFmpeg adds one subtitle stream to these by default
_SUBTITLE_BY_DEFAULT = frozenset({"matroska", "webm"})


def default_subtitles(
    choice: Choice, whole: MediaInfo, info: MediaInfo, capabilities: Capabilities
) -> list[Stream]:
    """Return all subtitles that the job asks for, or the one that FFmpeg takes by default.

    `info` are the inputs from which streams are taken by default, `whole` are all inputs.
    Raises TranscodeError (`no_such_stream`) for a track that the input does not have.
    """
    part, container = choice.spec.subtitles, choice.container
    wants = part is not None and part.mode in ("copy", "convert")
    of_kind = info.of_kind("subtitle")
    if part is not None and part.input is not None and wants:
        of_kind = streams_of(whole, "subtitle", part.input, "subtitles.input")
    is_text = not (container.video or container.audio)
    if container.subtitle is None or not (
        wants
        or is_text
        or (part is None and container.video and container.muxer in _SUBTITLE_BY_DEFAULT)
    ):
        return []
    track = part.track if part else None
    if isinstance(track, int):
        if track >= len(of_kind):
            raise no_such_stream(_no_subtitle(track), info)
        return [of_kind[track]]
    if wants and track is None and not is_text:
        return list(of_kind)
    fitting = [
        s for s in of_kind if subtitles.encoder_for(s.codec, choice.subtitle_encoder, container)
    ]
    if track == "default":
        return fitting[:1]
    if wants or is_text:
        return (fitting or list(of_kind))[:1]
    return [s for s in fitting if takes_subtitle(s, choice, capabilities)][:1]


def takes_subtitle(stream: Stream, choice: Choice, capabilities: Capabilities) -> bool:
    """Whether the result gets a subtitle; an explicit request that cannot work is refused later."""
    part, container = choice.spec.subtitles, choice.container
    if container.subtitle is None or (part and part.mode == "drop"):
        return False
    if part and part.mode in ("copy", "convert"):
        return True
    becomes = subtitles.encoder_for(stream.codec, None, container)
    return becomes == COPY or (becomes is not None and stream.codec in capabilities.decoders)


def burned_subtitle(spec: JobSpec, info: MediaInfo) -> Stream | None:
    """Return the subtitle stream that the job draws into the video, or None.

    Raises TranscodeError (`no_such_stream`) for a track that the input does not have.
    """
    if spec.subtitles is None or spec.subtitles.mode != "burn":
        return None
    track, source = spec.subtitles.track, spec.subtitles.input
    of_kind = [s for s in info.of_kind("subtitle") if source is None or s.input == source]
    number = track if isinstance(track, int) else 0
    if number >= len(of_kind):
        raise no_such_stream(_no_subtitle(number), info)
    return of_kind[number]


def _no_subtitle(track: int) -> str:
    return f"The input has no subtitle track {track}; tracks are counted from 0."
