"""Handles transparency: which inputs have it, which decoders read it, which results keep it."""

import re
from collections.abc import Collection
from dataclasses import replace

from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..model.capabilities import Capabilities
from ..model.media_info import MediaInfo, Stream

# FFmpeg's native decoders of these ignore the alpha layer, and so does ffprobe, which uses them
_ALPHA_DECODERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_ALPHA_FORMAT = re.compile(r"(?:yuva|gbrap|rgba|bgra|argb|abgr|ya(?:8|16|f))")
_MATROSKA = frozenset({"matroska", "webm"})
_ALPHA_ENCODERS = frozenset(
    {"apng", "bmp", "cfhd", "ffv1", "ffvhuff", "gif", "huffyuv", "jpeg2000", "libjxl"}
    | {"libopenjpeg", "libvpx", "libvpx-vp9", "libwebp", "libwebp_anim", "pam", "png", "prores"}
    | {"prores_aw", "prores_ks", "qoi", "qtrle", "rawvideo", "sgi", "targa", "tiff", "utvideo"}
)


def has_alpha(stream: Stream) -> bool:
    """Whether the frames of this stream may have transparent parts."""
    return _is_layered(stream) or _is_alpha_format(stream.pix_fmt)


def _is_transparent(stream: Stream) -> bool:
    return has_alpha(stream) and not stream.is_opaque


def with_alpha_formats(
    info: MediaInfo,
    choice: Choice,
    capabilities: Capabilities,
    declared: Collection[str] = (),
    *,
    is_drawn: bool = False,
) -> MediaInfo:
    """Return `info` with an alpha pixel format for each stream that is decoded with its alpha.

    `declared` are the decoders that the job names for this input. `is_drawn` says that the input is
    drawn on others.
    """
    wanted = is_drawn or keeps_alpha(choice) or _extracts_alpha(choice)
    streams = tuple(
        replace(stream, pix_fmt="yuva420p")
        if _is_layered(stream)
        and choice.video_encoder != COPY
        and _reads_alpha(stream, declared, wanted=wanted)
        and _ALPHA_DECODERS[stream.codec] in capabilities.decoders.get(stream.codec, ())
        else stream
        for stream in info.streams
    )
    return replace(info, streams=streams)


def _reads_alpha(stream: Stream, declared: Collection[str], *, wanted: bool) -> bool:
    """Whether the alpha decoder is declared; without a declared decoder, whether it is `wanted`."""
    return _ALPHA_DECODERS[stream.codec] in declared or (wanted and stream.codec not in declared)


def decoders(info: MediaInfo) -> dict[int, str]:
    """Return the alpha decoders by the indexes of their streams; see `with_alpha_formats`."""
    return {
        stream.index: _ALPHA_DECODERS[stream.codec]
        for stream in info.streams
        if _is_layered(stream) and _is_alpha_format(stream.pix_fmt)
    }


def keeps_alpha(choice: Choice) -> bool:
    """Whether the encoder, with the options of the job, writes transparency."""
    encoder, video = choice.video_encoder, choice.spec.video_options
    if encoder not in _ALPHA_ENCODERS:
        return False
    if video and video.pix_fmt not in (None, "auto") and not _is_alpha_format(video.pix_fmt):
        return False
    if encoder.startswith("prores") and video and video.profile:
        return video.profile.startswith("4444") or video.profile in ("4", "5")
    return not encoder.startswith("libvpx") or choice.container.muxer in _MATROSKA


def _extracts_alpha(choice: Choice) -> bool:
    """Whether the job turns the alpha plane into gray frames, which any encoder can write."""
    video = choice.spec.video_options
    return any("alphaextract" in text for text in (video and video.filters) or ())


def options(choice: Choice, videos: tuple[Stream, ...]) -> list[str]:
    """Return the encoder's options for alpha, or those that remove the tag of a lost alpha."""
    argv = []
    if choice.video_encoder == COPY:
        return []
    if not keeps_alpha(choice):
        layered = [position for position, stream in enumerate(videos) if _is_layered(stream)]
        for position in layered:
            argv += [f"-metadata:s:v:{position}", "alpha_mode="]
    elif any(map(has_alpha, videos)) and choice.video_encoder in _ALPHA_DECODERS.values():
        if not (choice.spec.video_options and choice.spec.video_options.pix_fmt):
            argv += ["-pix_fmt", "yuva420p"]  # the only alpha format of WebM that players support
        if not any(option.name == "auto-alt-ref" for option in choice.options):
            argv += ["-auto-alt-ref", "0"]  # libvpx rejects alpha together with it
    return argv


def alpha_warnings(choice: Choice, videos: tuple[Stream, ...]) -> list[str]:
    """Return a warning if transparent parts of the input become opaque."""
    if not any(map(_is_transparent, videos)) or _extracts_alpha(choice):
        return []
    if choice.video_encoder == COPY:
        layered = any(map(_is_layered, videos))
        is_lost = layered and choice.container.muxer not in _MATROSKA
    else:
        is_lost = not keeps_alpha(choice)
    if not is_lost:
        return []
    keepers = "webm with vp9, mov with prores_ks and profile 4444, png and apng keep them"
    return [f"Transparent parts become opaque in {choice.container.name}; {keepers}."]


def _is_layered(stream: Stream) -> bool:
    """Whether the alpha is a second layer (VP8, VP9), absent from the pixel format."""
    return stream.codec in _ALPHA_DECODERS and stream.tags.get("alpha_mode") == "1"


def _is_alpha_format(name: str | None) -> bool:
    return name is not None and _ALPHA_FORMAT.match(name) is not None
