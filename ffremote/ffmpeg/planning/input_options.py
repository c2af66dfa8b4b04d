"""Writes the options before the inputs, which restrict how FFmpeg reads untrusted files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ffremote.spec import Input, JobSpec, Thumbnail
from ffremote.spec.types import number_text

from ..model.capabilities import Capabilities
from ..model.claimed_duration import claimed_span, is_plausible
from ..model.devices import decodes_by_hardware
from ..model.limits import Limits
from ..model.media_info import MediaInfo, is_still
from ..model.picture_sequence import (
    DEFAULT_FPS,
    DEMUXER,
    EXTENSIONS,
    demuxer_options,
    picture_pattern,
    pictures_folder,
)
from ..model.probe_depth import probe_options, timestamp_options
from ..streams.declared import decoder_options
from ..streams.raw_data import raw_options
from .graphs.alike import Parts, list_options
from .input_times import trim_of_input

_NEAR_END = 0.2  # seconds before the end of the video, where a frame is certain to be found


@dataclass(frozen=True, slots=True)
class Reading:
    """How a pass reads the inputs of a job."""

    copies: bool = False
    """Packets are copied into the result."""
    thumbnail_of: int | None = None
    """The input from whose middle a thumbnail is taken; None for its beginning."""
    more: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Further options before an input, by its number."""
    only: int | None = None
    """The number of the only input to read; None for all."""
    list_file: str | None = None
    """The list of ours that is read in place of an input."""
    parts: Parts | None = None
    """What the list names."""
    attempt: str = ""
    """The attempt's directory, which has the pictures of sequences."""


def reading_options(
    spec: JobSpec,
    infos: Sequence[MediaInfo],
    capabilities: Capabilities,
    limits: Limits,
    reading: Reading,
) -> list[str]:
    """Return the options up to and with the last input.

    Each input may be read by the demuxer that its probe found, and by no other.
    """
    words = [
        *("-hide_banner", "-nostdin", "-nostats", "-y", "-v", "level+verbose"),
        *("-filter_threads", str(limits.threads), "-progress", "pipe:1", "-stats_period", "0.5"),
    ]
    hardware = decodes_by_hardware(spec.video_options, limits)
    for number, (source, info) in enumerate(zip(spec.sources, infos, strict=True)):
        if reading.only not in (None, number) or not source.has_streams:
            continue
        name = reading.list_file
        words += [
            *(list_options(reading.parts) if reading.parts else _formats(info)),
            *_restrictions(info, capabilities, limits),
            *(("-hwaccel", "auto") if hardware else ()),
            *_part(source, spec.thumbnail if reading.thumbnail_of == number else None, info),
            *_demuxing(info, source, copies=reading.copies),
            *decoder_options(source, info, capabilities),
            *reading.more.get(number, ()),
            *("-f", info.format.split(",")[0], "-i"),
            f"file:{name or operand(info, number, len(infos), reading.attempt)}",
        ]
    return words


def operand(info: MediaInfo, number: int, count: int, attempt: str) -> str:
    """Return the name of an input; each of several is alone in a directory.

    The name of a sequence is the pattern of its pictures, which were taken out of the input.
    """
    if info.format == DEMUXER:
        extension = EXTENSIONS[info.streams[0].codec]
        return f"{pictures_folder(attempt, number)}/{picture_pattern(extension)}"
    return "input" if count == 1 else f"inputs/{number}/input"


def _formats(info: MediaInfo) -> list[str]:
    return ["-protocol_whitelist", "file", "-format_whitelist", info.format.split(",")[0]]


def _restrictions(info: MediaInfo, capabilities: Capabilities, limits: Limits) -> list[str]:
    return [
        *("-codec_whitelist", _decoders(info, capabilities)),
        *("-max_pixels", str(limits.max_pixels)),
        *("-max_streams", str(limits.max_streams), "-threads", str(limits.threads)),
    ]


def _part(source: Input, thumbnail: Thumbnail | None, info: MediaInfo) -> list[str]:
    """Return the options that choose the part of the input to read."""
    start, length = trim_of_input(source)
    if thumbnail is not None and not start and not source.end_offset:
        start = _thumbnail_seconds(thumbnail, info)
    return [
        *_repetition(source, info),
        *(("-itsoffset", number_text(source.offset)) if source.offset else ()),
        *(("-itsscale", number_text(source.stretch)) if source.stretch else ()),
        *_rate(source),
        *(("-sseof", f"-{number_text(source.end_offset)}") if source.end_offset else ()),
        *(("-ss", number_text(start)) if start else ()),
        *(("-t", number_text(length)) if length is not None else ()),
    ]


def _rate(source: Input) -> list[str]:
    """Return the options for the rate of an input; a sequence has no other."""
    if source.is_sequence:
        return demuxer_options(source.fps or DEFAULT_FPS)
    return ["-r", source.fps] if source.fps and not source.is_raw else []


def _repetition(source: Input, info: MediaInfo) -> tuple[str, ...]:
    """Return the option that repeats the input; a picture's demuxer has one of its own."""
    if source.is_endless and is_still(info):
        return "-loop", "1"
    return ("-stream_loop", str(source.loop)) if source.loop else ()


def _demuxing(info: MediaInfo, source: Input, *, copies: bool) -> list[str]:
    demuxer = info.format.split(",")[0]
    forced = bool(source.generate_pts)
    return [
        *probe_options(demuxer, source.probe),
        *raw_options(source),
        *(timestamp_options(demuxer, forced=forced) if copies or forced else ()),
        *(("-noautorotate",) if source.rotate == "keep" else ()),
        *(("-skip_frame", source.skip_frames) if source.skip_frames else ()),
        *(("-noaccurate_seek",) if source.seek == "keyframe" else ()),
        *(("-flags2", "+export_mvs") if source.motion_vectors else ()),
        *(("-sub_charenc", info.charset) if info.charset else ()),
    ]


def _thumbnail_seconds(thumbnail: Thumbnail, info: MediaInfo) -> float:
    """Return the time of the thumbnail; 0 for a still image or a cover."""
    if not info.video_streams or is_still(info):
        return 0.0
    if thumbnail.at is None:
        return _tenth_of_video(info)
    last = info.video_streams[0].duration or info.duration
    return thumbnail.at if last is None else min(thumbnail.at, max(0.0, last - _NEAR_END))


def _tenth_of_video(info: MediaInfo) -> float:
    """Return a tenth of the duration, past a black beginning; 0 if the duration is unknown."""
    video = next(iter(info.video_streams), None)
    claimed = claimed_span(info, video) if video else None
    if claimed is None or not is_plausible(info, claimed.end):
        return 0.0
    return claimed.end / 10


def _decoders(info: MediaInfo, capabilities: Capabilities) -> str:
    """Return the decoders of the codecs in the file; no other decoder is reachable."""
    known = capabilities.decoders
    found = [name for stream in info.streams for name in known.get(stream.codec, ())]
    return ",".join(dict.fromkeys(found)) or "none"
