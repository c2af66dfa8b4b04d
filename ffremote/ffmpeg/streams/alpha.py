"""Transparency: which inputs have it, who reads it, and which results keep it."""

import re
from dataclasses import replace

from ..formats.decision import Choice
from ..formats.encoders import COPY
from ..model.capabilities import Capabilities
from ..model.media_info import MediaInfo, Stream

# FFmpeg's own decoders of these leave the second layer out; ffprobe, which uses them, too
_READERS = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
_ALPHA_FORMAT = re.compile(r"(?:yuva|gbrap|rgba|bgra|argb|abgr|ya(?:8|16|f))")
_MATROSKA = frozenset({"matroska", "webm"})
_KEEPERS = frozenset(
    {"apng", "bmp", "cfhd", "ffv1", "ffvhuff", "gif", "huffyuv", "jpeg2000", "libjxl"}
    | {"libopenjpeg", "libvpx", "libvpx-vp9", "libwebp", "libwebp_anim", "pam", "png", "prores"}
    | {"prores_aw", "prores_ks", "qoi", "qtrle", "rawvideo", "sgi", "targa", "tiff", "utvideo"}
)


def has_alpha(stream: Stream) -> bool:
    """Whether the pictures of this stream may be transparent somewhere."""
    return _is_layered(stream) or _is_alpha_format(stream.pix_fmt)


def _is_clear(stream: Stream) -> bool:
    return has_alpha(stream) and not stream.is_opaque


def as_read(info: MediaInfo, choice: Choice, capabilities: Capabilities) -> MediaInfo:
    """Return the facts with the pixel format of streams that are read with their transparency."""
    streams = tuple(
        replace(stream, pix_fmt="yuva420p")
        if _is_layered(stream)
        and choice.video_encoder != COPY
        and (keeps(choice) or _takes_mask(choice))
        and _READERS[stream.codec] in capabilities.decoders.get(stream.codec, ())
        else stream
        for stream in info.streams
    )
    return replace(info, streams=streams)


def decoder_options(info: MediaInfo) -> list[str]:
    """Return the options before the input that make FFmpeg read the transparency, see `as_read`."""
    return [
        word
        for stream in info.streams
        if _is_layered(stream) and _is_alpha_format(stream.pix_fmt)
        for word in (f"-c:{stream.index}", _READERS[stream.codec])
    ]


def keeps(choice: Choice) -> bool:
    """Whether the result of this encoder can be transparent, as far as the job lets it."""
    encoder, video = choice.video_encoder, choice.spec.video_options
    if encoder not in _KEEPERS:
        return False
    if video and video.pix_fmt and not _is_alpha_format(video.pix_fmt):
        return False
    if encoder.startswith("prores") and video and video.profile:
        return video.profile.startswith("4444") or video.profile in ("4", "5")
    return not encoder.startswith("libvpx") or choice.container.muxer in _MATROSKA


def _takes_mask(choice: Choice) -> bool:
    """Whether the job makes pictures of the transparency itself, which any encoder can hold."""
    video = choice.spec.video_options
    return any("alphaextract" in text for text in (video and video.filters) or ())


def options(choice: Choice, films: tuple[Stream, ...]) -> list[str]:
    """Return what the encoder needs for transparency, and takes the mark off where it is lost."""
    argv = []
    clear = any(map(has_alpha, films))
    layered = [place for place, stream in enumerate(films) if _is_layered(stream)]
    if choice.video_encoder == COPY:
        return []
    if not keeps(choice):
        for place in layered:
            argv += [f"-metadata:s:v:{place}", "alpha_mode="]
    elif clear and choice.video_encoder in _READERS.values():
        if not (choice.spec.video_options and choice.spec.video_options.pix_fmt):
            argv += ["-pix_fmt", "yuva420p"]  # the only transparent format that WebM plays
        if not any(option.name == "auto-alt-ref" for option in choice.options):
            argv += ["-auto-alt-ref", "0"]  # with it libvpx refuses transparency
    return argv


def lost_alpha(choice: Choice, films: tuple[Stream, ...]) -> list[str]:
    """Warn where transparent parts of the input become opaque."""
    if not any(map(_is_clear, films)) or _takes_mask(choice):
        return []
    if choice.video_encoder == COPY:
        layered = any(map(_is_layered, films))
        is_lost = layered and choice.container.muxer not in _MATROSKA
    else:
        is_lost = not keeps(choice)
    if not is_lost:
        return []
    keepers = "webm with vp9, mov with prores_ks and profile 4444, png and apng keep them"
    return [f"Transparent parts become opaque in {choice.container.name}; {keepers}."]


def _is_layered(stream: Stream) -> bool:
    return stream.codec in _READERS and stream.tags.get("alpha_mode") == "1"


def _is_alpha_format(name: str | None) -> bool:
    return name is not None and _ALPHA_FORMAT.match(name) is not None
