"""The streams of the input that a plan leaves out, as warnings that say what keeps them."""

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
_ANIMATIONS = frozenset({"apng", "gif", "libwebp", "libwebp_anim"})  # which never had sound or text
_CAPTIONS_IN_X265 = 7
_MAX_NAMED = 4
_MAX_NAME = 40


def leftovers(choice: Choice, info: MediaInfo, selection: Selection) -> list[str]:
    """Return a warning for each kind of stream that is left out though the job did not say so."""
    spec = choice.spec
    if choice.container.is_image or spec.thumbnail:
        return []
    left: Sequence[Stream] = selection.dropped
    if not spec.streams:
        left = [s for s in info.streams if s not in selection.streams and s != selection.burned]
    found = []
    for kind, say in _SAYERS.items():
        of_kind = [stream for stream in left if _kind(stream) == kind]
        if of_kind and not _is_unwanted(kind, choice):
            total = len([stream for stream in info.streams if _kind(stream) == kind])
            found += say(of_kind, total, choice, info)
    return found


def _kind(stream: Stream) -> str:
    return "cover" if stream.kind == "video" and stream.is_picture else stream.kind


def _is_unwanted(kind: str, choice: Choice) -> bool:
    """Whether the job itself says that it wants none of them, or one of many."""
    spec = choice.spec
    if kind in ("video", "cover"):
        chosen = spec.video_options and spec.video_options.track is not None
        return spec.video is False or bool(chosen)
    if kind == "audio":
        sound = spec.audio_options
        return spec.audio is False or (sound is not None and sound.track is not None)
    if kind == "subtitle" and spec.subtitles:
        return spec.subtitles.mode in ("burn", "drop") or isinstance(spec.subtitles.track, int)
    return kind == "data" and any(option.name == "dn" for option in choice.options)


def _films(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    if choice.container.video is None:
        return []  # the sound of a film is what was asked for
    return [f"{_share('video track', left, total)}. {_KEEPS_ALL}"]


def _covers(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    if choice.container.audio is None:
        return []
    why = f"{choice.container.name} holds no covers; mp3, m4a, mp4, flac and mkv do."
    if attachments.takes_covers(choice.container):
        why = f"{choice.container.name} takes no cover of this kind beside a film."
    return [f"{_share('cover picture', left, total)}: {why}"]


def _sounds(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    container = choice.container
    if container.audio is None:
        return []
    if attachments.takes_many_sounds(container):
        return [f"{_share('audio track', left, total)}. {_KEEPS_ALL}"]
    what = _share("audio track", left, total)
    return [
        f"{what}: {container.name} holds one; `--audio-track N` (`audio.track`) chooses another."
    ]


def _subtitles(left: Sequence[Stream], total: int, choice: Choice, info: MediaInfo) -> list[str]:
    container = choice.container
    if container.video is None and container.audio is not None:
        return []  # a sound file
    what = _share("subtitle track", left, total)
    if container.video is None:
        option = "`--subtitle-track N` (`subtitles.track`)"
        return [f"{what}: {container.name} holds one; {option} chooses another."]
    if any(subtitles.becomes(stream.codec, None, container) for stream in left):
        return [f"{what}. `--subtitles copy` (`subtitles.mode`) keeps all that fit."]
    codecs = ", ".join(dict.fromkeys(stream.codec for stream in left))
    return [f"{what}: {container.name} takes no {codecs}; mkv does."]


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
    # a QuickTime track of chapter titles is what FFmpeg reads the chapters from
    lost = [s for s in left if not (s.tag == "text" and info.chapters)]
    lost = [s for s in lost if not _is_told_by_films(s, info)]
    lost = [s for s in lost if not attachments.rewrites_timecode(container, s)]
    if not lost:
        return []
    what = _share("data track", lost, total)
    if any(attachments.takes_data(container, stream) for stream in lost):
        return [f"{what}. {_KEEPS_ALL}"]
    others = attachments.takers_of_data(lost[0])
    return [f"{what}: {container.name} takes no such data; {others} can with `--map 0`."]


def _is_told_by_films(stream: Stream, info: MediaInfo) -> bool:
    """Whether this time code is a tag of the film, too, which is compared with the result's."""
    return stream.tag == "tmcd" and any("timecode" in film.tags for film in info.video_streams)


_SAYERS = {
    "video": _films,
    "cover": _covers,
    "audio": _sounds,
    "subtitle": _subtitles,
    "attachment": _attached,
    "data": _data,
}


def _share(what: str, left: Sequence[Stream], total: int) -> str:
    """Such as `2 of 3 audio tracks were left out (2: ac3, eng; 3: aac)`."""
    named = "; ".join(_named(stream) for stream in left[:_MAX_NAMED])
    named += "; …" if len(left) > _MAX_NAMED else ""
    if total == 1:
        return f"The {what} was left out ({named})"
    are = "was" if len(left) == 1 else "were"
    return f"{len(left)} of {total} {what}s {are} left out ({named})"


def _named(stream: Stream) -> str:
    """The stream's number in the input, and what tells it from its like; a stranger's words."""
    said = (stream.tags.get("filename"), stream.tags.get("language"))
    codec = stream.tag if stream.kind == "data" and stream.tag else stream.codec
    words = [codec, *(text for text in said if text and text != "und")]
    clean = ["".join(c for c in word if c.isprintable())[:_MAX_NAME] for word in words]
    return f"{stream.index}: {', '.join(clean)}"


def lost_captions(choice: Choice, films: Sequence[Stream], version: str) -> list[str]:
    """Warn of closed captions, which are no stream, where this FFmpeg's encoder drops them."""
    encoder = choice.video_encoder
    is_kept = (
        encoder in _ANIMATIONS or encoder in _CAPTION_KEEPERS or (encoder or "").endswith("_vaapi")
    )
    switched = [o.argv[-1] for o in choice.options if o.name.partition(":")[0] == "a53cc"]
    if switched:
        is_kept = switched[-1] in ("1", "true") and (is_kept or _takes_captions(encoder, version))
    left = [stream for stream in films if stream.has_captions]
    if not left or is_kept or choice.container.is_image or choice.spec.thumbnail:
        return []
    what = ", ".join(str(stream.index) for stream in left)
    hint = "`--video-codec libx264` (`video.codec`) and copying keep them"
    return [f"The closed captions of stream {what} were left out: {encoder} drops them; {hint}."]


def _takes_captions(encoder: str | None, version: str) -> bool:
    """Whether libx265 knows the option; the one of FFmpeg 5.1 does not, and says nothing."""
    match = re.match(r"n?(\d+)\.", version, re.ASCII)
    return encoder == "libx265" and (match is None or int(match[1]) >= _CAPTIONS_IN_X265)
