"""Writes the options before the input, which restrict how FFmpeg reads an untrusted file."""

from collections.abc import Sequence

from ffremote.spec import JobSpec, Thumbnail
from ffremote.spec.types import number_text

from ..model.capabilities import Capabilities
from ..model.claimed_duration import claimed_span, is_plausible
from ..model.devices import decodes_by_hardware
from ..model.limits import Limits
from ..model.media_info import MediaInfo
from ..model.probe_depth import probe_options, timestamp_options
from ..streams.alpha import decoder_options
from .expected import trim_of_input

_NEAR_END = 0.2  # seconds before the end of the video, where a frame is certain to be found


def reading_options(
    spec: JobSpec,
    info: MediaInfo,
    capabilities: Capabilities,
    limits: Limits,
    *,
    copies: bool = False,
    seeks: bool = True,
    more: Sequence[str] = (),
) -> list[str]:
    """Return the options up to the input; only the demuxer that the probe found is allowed.

    `copies`: packets are copied into the result. Without `seeks` a thumbnail is taken from the
    beginning. `more` holds further options before the input.
    """
    threads = str(limits.threads)
    demuxer = info.format.split(",")[0]
    start, length = trim_of_input(spec)
    if spec.thumbnail is not None and seeks and not start:
        start = _thumbnail_seconds(spec.thumbnail, info)
    return [
        *("-hide_banner", "-nostdin", "-nostats", "-y", "-v", "level+verbose"),
        *("-filter_threads", threads, "-progress", "pipe:1", "-stats_period", "0.5"),
        *("-protocol_whitelist", "file", "-format_whitelist", demuxer),
        *("-codec_whitelist", _decoders(info, capabilities)),
        *("-max_pixels", str(limits.max_pixels)),
        *("-max_streams", str(limits.max_streams), "-threads", threads),
        *(("-hwaccel", "auto") if decodes_by_hardware(spec.video_options, limits) else ()),
        *(("-ss", number_text(start)) if start else ()),
        *(("-t", number_text(length)) if length is not None else ()),
        *probe_options(demuxer),
        *(timestamp_options(demuxer) if copies else ()),
        *decoder_options(info),
        *(("-sub_charenc", info.charset) if info.charset else ()),
        *more,
        *("-f", demuxer, "-i", "file:input"),
    ]


def _thumbnail_seconds(thumbnail: Thumbnail, info: MediaInfo) -> float:
    """Return the time of the thumbnail; 0 for a still image or a cover."""
    if not info.video_streams or info.format.endswith("_pipe"):
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
