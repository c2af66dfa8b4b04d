"""Selects the streams of the inputs that go into the result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ffremote.spec import JobSpec

from ..formats import attachments
from ..formats.decision import Choice
from ..model.capabilities import Capabilities
from ..model.media_info import MediaInfo, Origin, Stream
from . import decodable
from .graph_inputs import made_streams
from .named_streams import sounds_of, without_inputs
from .stream_maps import is_whole, mapped_streams, no_such_stream
from .subtitle_selection import burned_subtitle, default_subtitles, takes_subtitle

COVER_ENCODER = "mjpeg"
_RANKS = {"data": 2, "attachment": 3}


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen streams, in the order of the result; `burned` is drawn into the video.

    Covers, data and attachments come last; `covers` holds the origins of the streams that are
    covers in the result, too.
    """

    streams: tuple[Stream, ...]
    burned: Stream | None = None
    covers: frozenset[Origin] = frozenset()
    dropped: tuple[Stream, ...] = ()
    """Streams that the job's maps name, but its container or its other fields exclude."""
    read: tuple[Stream, ...] = ()
    """Streams that the job's filter graph reads."""

    @property
    def made(self) -> tuple[Stream, ...]:
        """The chosen streams that the filter graph makes."""
        return tuple(stream for stream in self.streams if stream.is_made)

    def of_kind(self, kind: str) -> tuple[Stream, ...]:
        """Return the chosen streams of one kind."""
        return tuple(stream for stream in self.streams if stream.kind == kind)

    @property
    def video_streams(self) -> tuple[Stream, ...]:
        """The chosen video streams that are not covers in the result."""
        return tuple(s for s in self.of_kind("video") if s.origin not in self.covers)


def select(choice: Choice, info: MediaInfo, capabilities: Capabilities) -> Selection:
    """Return the streams that the job names, or else those that FFmpeg would choose.

    Raises TranscodeError (`no_such_stream`) when the input lacks a stream that the job names, or
    no stream is left.
    """
    spec, made = choice.spec, made_streams(choice.graph, choice.offered)
    if spec.streams:
        requested = mapped_streams(spec.streams, info, made)
    else:
        kinds = {stream.kind for stream in made}
        found = _default_streams(choice, info, capabilities)
        requested = [*made, *(stream for stream in found if stream.kind not in kinds)]
    requested = decodable.without_undecodable(choice, requested, capabilities)
    burned = burned_subtitle(spec, info)
    covers = [stream for stream in requested if _is_cover(stream, choice, capabilities)]
    videos = _videos(requested, covers, choice)
    others = [
        stream
        for stream in requested
        if stream.kind != "video" and stream != burned and _fits(stream, choice, capabilities)
    ]
    if not attachments.takes_many_audio_tracks(choice.container) and any(
        map(is_whole, spec.streams or ())
    ):
        others = _with_one_audio(others)
    # in the order of the job, but covers, data and attachments come last
    chosen = [stream for stream in requested if stream in videos or stream in others]
    chosen = sorted([*chosen, *covers], key=lambda s: _RANKS.get(s.kind, 0) or s in covers)
    if not chosen and choice.container.is_without_streams:
        return Selection(())
    if not chosen or _is_only_subtitles(spec, choice, chosen):
        raise no_such_stream(_nothing_chosen(choice), info)
    dropped = tuple(s for s in requested if spec.streams and s not in chosen and s != burned)
    return Selection(tuple(chosen), burned, frozenset(s.origin for s in covers), dropped)


def _is_only_subtitles(spec: JobSpec, choice: Choice, chosen: list[Stream]) -> bool:
    """Whether a preset for video and audio would write nothing but subtitles, unrequested."""
    asks = spec.preset is None or spec.streams or spec.subtitles or not choice.container.audio
    return not asks and all(stream.kind == "subtitle" for stream in chosen)


def _nothing_chosen(choice: Choice) -> str:
    """Return the reason why no stream is left, as a sentence."""
    name, spec = choice.container.name, choice.spec
    wanted = [
        word
        for word, kind, left_out in (
            ("video", "video", spec.video is False),
            ("audio", "audio", spec.audio is False or choice.container.is_image),
            ("subtitles", "subtitle", bool(choice.container.video or choice.container.audio)),
        )
        if choice.container.default(kind) and not left_out
    ]
    if not wanted:
        return f"The job leaves out everything that the {name} result could hold."
    what = "picture" if choice.container.is_image else f"{' and no '.join(wanted)}"
    return f"The input has no {what} that could go into the {name} result."


def _with_one_audio(streams: list[Stream]) -> list[Stream]:
    best = _ranked([stream for stream in streams if stream.kind == "audio"])[:1]
    return [stream for stream in streams if stream.kind != "audio" or stream in best]


def _is_cover(stream: Stream, choice: Choice, capabilities: Capabilities) -> bool:
    """Whether this stream becomes a cover of the result, copied or as a JPEG."""
    spec, video = choice.spec, choice.spec.video_options
    if (
        not stream.is_picture
        or spec.video is False
        or not attachments.takes_covers(choice.container)
    ):
        return False
    if video and video.track is not None and not spec.streams:
        return False  # `video.track` with the number of a cover asks for it as the video
    if attachments.takes_cover_as_is(choice.container, stream.codec):
        return True
    # next to a video in one file, the options of the video would apply to the cover's encoder
    is_alone = choice.container.video is None or attachments.attaches_covers(choice.container)
    is_encodable = COVER_ENCODER in capabilities.encoders and stream.codec in capabilities.decoders
    return is_alone and is_encodable


def _videos(requested: Iterable[Stream], covers: list[Stream], choice: Choice) -> list[Stream]:
    """Return the video streams of the result; a cover becomes one only if it is named."""
    container, spec = choice.container, choice.spec
    if container.video is None or spec.video is False:
        return []
    candidates = [s for s in requested if s.kind == "video" and s not in covers]
    if container.is_image:
        return candidates[:1]
    moving = [stream for stream in candidates if not stream.is_picture]
    by_name = not any(map(is_whole, spec.streams or ()))
    return moving or (candidates if by_name or container.shows_covers else [])


def _fits(stream: Stream, choice: Choice, capabilities: Capabilities) -> bool:
    """Whether the job and its container take a stream that is not video."""
    spec, container = choice.spec, choice.container
    if stream.kind == "audio":
        return container.audio is not None and not container.is_image and spec.audio is not False
    if stream.kind == "subtitle":
        return takes_subtitle(stream, choice, capabilities)
    if stream.kind == "attachment":
        return attachments.takes_attachments(container)
    dropped = any(option.name == "dn" for option in choice.options)
    return stream.kind == "data" and not dropped and attachments.takes_data(container, stream)


def _default_streams(choice: Choice, info: MediaInfo, capabilities: Capabilities) -> list[Stream]:
    """Return one video, one audio, the covers, and the job's or FFmpeg's default subtitles."""
    chosen: list[Stream] = []
    spec, container, whole = choice.spec, choice.container, info
    video, audio = spec.video_options, spec.audio_options
    info = without_inputs(whole, spec.apart)
    if container.video and spec.video is not False:
        track = video.track if video else None
        usable = decodable.usable(choice, "video", capabilities)
        chosen += _one_stream("video", track, info, usable, covers=container.shows_covers)
    if container.audio and spec.audio is not False and not container.is_image:
        usable = decodable.usable(choice, "audio", capabilities)
        sounds = sounds_of(audio, whole, info)
        chosen += _one_stream("audio", audio.track if audio else None, sounds, usable)
    covers = [s for s in info.of_kind("video") if _is_cover(s, choice, capabilities)]
    return [*chosen, *default_subtitles(choice, whole, info, capabilities), *covers]


def _one_stream(
    kind: str,
    track: int | None,
    info: MediaInfo,
    usable: Callable[[Stream], bool],
    *,
    covers: bool = False,
) -> list[Stream]:
    """Return the stream `track`, or the best usable one; a cover counts only with `covers`."""
    of_kind = info.of_kind(kind)
    if track is not None:
        if track >= len(of_kind):
            raise no_such_stream(
                f"The input has no {kind} track {track}; tracks are counted from 0.", info
            )
        return [of_kind[track]]
    candidates = of_kind
    if kind == "video":
        candidates = info.video_streams or (of_kind if covers else ())
    inputs = sorted({stream.input for stream in candidates})
    best = [_best([s for s in candidates if s.input == number], usable) for number in inputs]
    # the default mark of one file says nothing about another, so FFmpeg compares sizes there
    return sorted(best, key=lambda s: (usable(s), _size(s)), reverse=True)[:1]


def _best(streams: Iterable[Stream], usable: Callable[[Stream], bool]) -> Stream:
    return sorted(_ranked(streams), key=usable, reverse=True)[0]


def _ranked(streams: Iterable[Stream]) -> list[Stream]:
    """Sort by the file's default mark, then by frame size or channels, as FFmpeg does."""
    return sorted(streams, key=lambda s: (s.is_default, _size(s)), reverse=True)


def _size(stream: Stream) -> int:
    return (stream.width or 0) * (stream.height or 0) + (stream.channels or 0)
