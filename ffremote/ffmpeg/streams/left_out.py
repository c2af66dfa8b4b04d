"""Warns of the streams that a plan leaves out, and names the option that keeps them."""

import re
from collections.abc import Sequence

from ..formats import attachments, subtitles
from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..model.media_info import MediaInfo, Stream
from .selection import Selection

_KEEPS_ALL = '`--map 0` (`streams: ["0"]`) keeps all.'
_CAPTION_KEEPERS = frozenset(
    {
        COPY,
        "av1_nvenc",
        "h264_nvenc",
        "h264_qsv",
        "hevc_nvenc",
        "libx264",
        "libx264rgb",
        "mpeg2video",
    }
)
_ANIMATIONS = frozenset({"apng", "gif", "libwebp", "libwebp_anim"})  # never hold audio or captions
_CAPTIONS_IN_X265 = 7
_MAX_NAMED = 4
_MAX_NAME = 40


def left_out_warnings(choice: Choice, info: MediaInfo, selection: Selection) -> list[str]:
    """Return a warning for each kind of stream that is left out without the job asking for it."""
    spec = choice.spec
    if choice.container.is_image or choice.container.makes_no_file or spec.thumbnail:
        return []
    left: Sequence[Stream] = selection.dropped
    if not spec.streams:
        used = (*selection.streams, *selection.read, selection.burned)
        left = [s for s in info.streams if s not in used and s.input not in spec.apart]
    warnings = []
    for kind, warn in _WARNINGS.items():
        of_kind = [stream for stream in left if _kind(stream) == kind]
        if of_kind and not _is_unwanted(kind, choice):
            total = len([stream for stream in info.streams if _kind(stream) == kind])
            warnings += warn(of_kind, total, choice, info)
    return warnings


def _kind(stream: Stream) -> str:
    return "cover" if stream.kind == "video" and stream.is_picture else stream.kind


def _is_unwanted(kind: str, choice: Choice) -> bool:
    """Whether the job itself excludes streams of this kind, or asks for one of them."""
    spec = choice.spec
    if kind in ("video", "cover"):
        chosen = spec.video_options and spec.video_options.track is not None
        return spec.video is False or bool(chosen)
    if kind == "audio":
        audio = spec.audio_options
        chosen = audio is not None and (audio.track is not None or audio.input is not None)
        return spec.audio is False or chosen
    if kind == "subtitle" and spec.subtitles:
        part = spec.subtitles
        chosen = isinstance(part.track, int) or part.input is not None
        return chosen or part.mode in ("burn", "drop")
    return kind == "data" and any(option.name == "dn" for option in choice.options)


def _videos(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    if choice.container.video is None:
        return []  # an audio container asks for the audio of a video
    return [f"{_share('video track', left, total)}. {_KEEPS_ALL}"]


def _covers(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    if choice.container.audio is None:
        return []
    why = f"{choice.container.name} holds no covers; mp3, m4a, mp4, flac and mkv do."
    if attachments.takes_covers(choice.container):
        why = f"{choice.container.name} cannot hold this cover beside a video."
    return [f"{_share('cover picture', left, total)}: {why}"]


def _audio(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    container = choice.container
    if container.audio is None:
        return []
    if attachments.takes_many_audio_tracks(container):
        return [f"{_share('audio track', left, total)}. {_KEEPS_ALL}"]
    what = _share("audio track", left, total)
    return [
        f"{what}: {container.name} holds one; `--audio-track N` (`audio.track`) chooses another."
    ]


def _subtitles(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    container = choice.container
    if container.video is None and container.audio is not None:
        return []  # an audio container
    what = _share("subtitle track", left, total)
    if container.video is None:
        option = "`--subtitle-track N` (`subtitles.track`)"
        return [f"{what}: {container.name} holds one; {option} chooses another."]
    if any(subtitles.encoder_for(stream.codec, None, container) for stream in left):
        return [f"{what}. `--subtitles copy` (`subtitles.mode`) keeps all that fit."]
    codecs = ", ".join(dict.fromkeys(stream.codec for stream in left))
    return [f"{what}: {container.name} cannot hold {codecs}; mkv can."]


def _attached(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    if choice.container.video is None:
        return []
    what = _share("attached file", left, total)
    if attachments.takes_attachments(choice.container):
        return [f"{what}. {_KEEPS_ALL}"]
    return [f"{what}: {choice.container.name} holds none; mkv does."]


def _data(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    container = choice.container
    if container.video is None:
        return []
    # FFmpeg reads the chapters of QuickTime from a text track of their titles
    lost = [s for s in left if not (s.tag == "text" and info.chapters)]
    lost = [s for s in lost if not _is_video_timecode(s, info)]
    lost = [s for s in lost if not attachments.rewrites_timecode(container, s)]
    if not lost:
        return []
    what = _share("data track", lost, total)
    if any(attachments.takes_data(container, stream) for stream in lost):
        return [f"{what}. {_KEEPS_ALL}"]
    others = attachments.data_containers(lost[0])
    return [f"{what}: {container.name} cannot hold such data; {others} can, with `--map 0`."]


def _is_video_timecode(stream: Stream, info: MediaInfo) -> bool:
    """Whether this time code is a tag of a video stream, too; `lost_properties` compares that."""
    return stream.tag == "tmcd" and any("timecode" in video.tags for video in info.video_streams)


_WARNINGS = {
    "video": _videos,
    "cover": _covers,
    "audio": _audio,
    "subtitle": _subtitles,
    "attachment": _attached,
    "data": _data,
}


def _share(what: str, left: Sequence[Stream], total: int) -> str:
    """Return a text such as `2 of 3 audio tracks were left out (2: ac3, eng; 3: aac)`."""
    named = "; ".join(_named(stream) for stream in left[:_MAX_NAMED])
    named += "; …" if len(left) > _MAX_NAMED else ""
    if total == 1:
        return f"The {what} was left out ({named})"
    are = "was" if len(left) == 1 else "were"
    return f"{len(left)} of {total} {what}s {are} left out ({named})"


def _named(stream: Stream) -> str:
    """Return index, codec and distinguishing tags of a stream; tags are untrusted, so bounded."""
    tags = (stream.tags.get("filename"), stream.tags.get("language"))
    codec = stream.tag if stream.kind == "data" and stream.tag else stream.codec
    words = [codec, *(text for text in tags if text and text != "und")]
    clean = ["".join(c for c in word if c.isprintable())[:_MAX_NAME] for word in words]
    return f"{stream.place}: {', '.join(clean)}"


def caption_warnings(choice: Choice, videos: Sequence[Stream], version: str) -> list[str]:
    """Return a warning if the encoder drops closed captions, which are part of the video stream."""
    encoder = choice.video_encoder
    is_kept = (
        encoder in _ANIMATIONS or encoder in _CAPTION_KEEPERS or (encoder or "").endswith("_vaapi")
    )
    switched = [o.argv[-1] for o in choice.options if o.name.partition(":")[0] == "a53cc"]
    if switched:
        is_kept = switched[-1] in ("1", "true") and (is_kept or _takes_captions(encoder, version))
    left = [stream for stream in videos if stream.has_captions]
    if not left or is_kept or choice.container.is_image or choice.spec.thumbnail:
        return []
    what = ", ".join(stream.place for stream in left)
    hint = "`--video-codec libx264` (`video.codec`) and copying keep them"
    return [f"The closed captions of stream {what} were left out: {encoder} drops them; {hint}."]


def _takes_captions(encoder: str | None, version: str) -> bool:
    """Whether libx265 has the option `a53cc`; the one of FFmpeg 5.1 ignores it silently."""
    match = re.match(r"n?(\d+)\.", version, re.ASCII)
    return encoder == "libx265" and (match is None or int(match[1]) >= _CAPTIONS_IN_X265)
