"""The global tags of a file: artist, album, comment, custom keys."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ffremote.spec import JobSpec

from .media_info import MediaInfo

# in these the tags belong to a stream; FFmpeg drops them when it writes other containers
_IN_STREAMS = frozenset({"ogg"})
FORMATS_WITHOUT_TAGS = frozenset(
    {"apng", "ass", "gif", "image2", "png_pipe", "srt", "webp_pipe", "webvtt"}
)
_IN_PACKETS = frozenset({"flv", "live_flv"})
_MAX_TAGS, _MAX_NAME, _MAX_NAMED = 64, 40, 6
_USE_METADATA_TAGS = frozenset({"mp4", "mov", "m4a", "m4v", "m4b", "m4r"})
_AUDIO_CONTAINERS = frozenset(
    {"mp3", "m4a", "aac", "wav", "flac", "ogg", "oga", "opus", "aiff", "wma", "ac3"}
)
# what programs write about themselves, and what the muxer of the result writes again
_TECHNICAL = re.compile(
    r"encoder|encoded_by|encoding.*|software|tool|hw|.*_brands?|minor_version|vendor_id|handler_name|"
    r"creation_?(?:time|date)|duration|totalduration|language|timecode|tlen|bps|number_of_.*|"
    r"_statistics.*|variant_bitrate|itun.*|gapless.*|replaygain_.*|id3v2_priv.*|avlg|umid|"
    r"coding_history|time_reference|service_(?:name|provider)|com\.android.*|"
    r"com\.apple\.quicktime\.(?:software|creationdate)|"
    r"isvbr|device\w*template|wmfsdk\w*|wm/(?:enc|wmad|media|provider|unique).*|"
    # FLV's header
    r"metadatacreator|canseektoend|has(?:video|audio|metadata|keyframes|cuepoints)|"
    r"(?:audio|video)(?:codecid|datarate|samplerate|samplesize|channels|size)|"
    r"last(?:timestamp|keyframe\w*)|datasize|filesize|stereo|width|height|framerate"
)
# names of the same tag: a tag is kept if the result has any name of its group
_GROUPS = (
    ("date", "year", "tyer", "tdrc", "tdor", "originaldate", "originalyear", "wm/year"),
    ("album", "product", "wm/albumtitle"),
    ("comment", "description", "synopsis", "comments"),
    ("title", "service_name"),
    ("artist", "author", "iart"),
    ("track", "tracknumber", "tracktotal", "totaltracks", "iprt"),
    ("disc", "discnumber", "disctotal", "totaldiscs", "tpos"),
    ("publisher", "organization", "label"),
    ("lyrics", "unsyncedlyrics"),
    ("album_artist", "albumartist"),
    ("location", "com.apple.quicktime.location.iso6709"),
)
_CANONICAL = {name: group[0] for group in _GROUPS for name in group}
_LANGUAGE_SUFFIX = re.compile(r"-[a-z]{3}(?:-[a-z]{2})?$", re.IGNORECASE)


def ffprobe_options(demuxer: str) -> list[str]:
    """Return the ffprobe options that print all tags of a file, reading as little as possible."""
    tags = "stream_tags" if demuxer in _IN_STREAMS else "format_tags"
    header = [] if demuxer in _IN_PACKETS else ["-nofind_stream_info"]
    return [*header, "-show_entries", tags]


def tag_names(probed: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the tag names in ffprobe's JSON, bounded; the values are untrusted and dropped."""
    tags = probed.get("format", {}).get("tags")
    if not tags:
        tags = next((s["tags"] for s in probed.get("streams", ()) if s.get("tags")), {})
    names = (str(name)[:_MAX_NAME] for name, text in tags.items() if str(text).strip())
    return tuple(name for name in names if name.isprintable())[:_MAX_TAGS]


def mapping_options(info: MediaInfo, muxer: str) -> list[str]:
    """Return the options that copy the tags of an Ogg stream to another container."""
    audio = info.of_kind("audio")
    if info.format not in _IN_STREAMS or not audio or muxer in ("ogg", "oga", "ogv", "opus"):
        return []
    return ["-map_metadata", f"0:s:{audio[0].index}"]


def lost_tags(spec: JobSpec, info: MediaInfo, made: MediaInfo, name: str) -> list[str]:
    """Return a warning for the global tags of the input that the result lacks."""
    if made.format in FORMATS_WITHOUT_TAGS:
        return []
    kept = {_canonical(each) for each in (*made.labels, *(spec.metadata or {}))}
    if made.format == "mpegts":
        kept.add("title")  # MPEG-TS stores it as the service name
    lost = [each for each in info.labels if _matters(each) and _canonical(each) not in kept]
    named = sorted({each.lower() for each in lost})
    if not named:
        return []
    if spec.concat is not None:
        return [f"{_subject(named)} lost: joined inputs keep no tags; set them with `metadata`."]
    return [
        f"{_subject(named)} lost: {name} does not keep {_pronoun(named)}; {_alternative(name)}."
    ]


def _matters(name: str) -> bool:
    return _TECHNICAL.fullmatch(name.lower()) is None


def _canonical(name: str) -> str:
    short = _LANGUAGE_SUFFIX.sub("", name.lower())
    return _CANONICAL.get(short, short)


def _subject(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MAX_NAMED]) + (", …" if len(names) > _MAX_NAMED else "")
    return f"The tag {shown} is" if len(names) == 1 else f"The tags {shown} are"


def _pronoun(names: Iterable[str]) -> str:
    return "it" if len(list(names)) == 1 else "them"


def _alternative(name: str) -> str:
    if name in _USE_METADATA_TAGS:
        return '`--extra-args "-movflags +faststart+use_metadata_tags"` (`extra_args`) or mkv does'
    return "mp3, flac and mka do" if name in _AUDIO_CONTAINERS else "mkv does"
