"""Adjust the video of presets and thumbnails so that it plays everywhere.

If the result is 8-bit 4:2:0, a GIF or a still, the job gets square pixels, progressive frames, at
most 60 frames per second and BT.709. Explicit fields of the job (`deinterlace`, `fps`, `pix_fmt`)
win.
"""

from dataclasses import dataclass, replace

from ffremote.spec import JobSpec, Video
from ffremote.spec.types import number_text
from ffremote.states import FailureReason

from ..model.capabilities import Capabilities
from ..model.failure import refuse
from ..model.media_info import Stream
from ..policy.filtergraph import Graph
from .frame_size import shown_size
from .hdr import (
    SDR_TAGS,
    SIDE_DATA_FILTER,
    TONE_MAPPERS,
    hdr_kind,
    mastering_removal,
    needs_dolby_decoder,
    to_sdr,
)

PLAYBACK_FPS = 60
_ROUNDED_FPS = 60.5  # rates up to this count as 60
STILLS = frozenset({"bmp", "gif", "apng", "libwebp", "libwebp_anim", "mjpeg", "png", "tiff"})
_CENTISECOND_FORMATS = ("gif", "apng", "webp")  # their "100 fps" is only the unit of frame delays
_PLAYABLE_PIX_FMTS = ("yuv420p", "yuvj420p", "nv12")
_INTERLACED = ("tt", "bb", "tb", "bt")
_DEINTERLACERS = (
    "bwdif=",
    "bwdif",
    "yadif",
    "w3fdif",
    "estdif",
    "kerndeint",
    "pullup",
    "detelecine",
)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """Changes to the video in addition to the job's fields."""

    deinterlaces: bool = False
    squares_pixels: bool = False
    is_square: bool = False
    """Whether the pixels of the result are marked as square even after rounding of the sides."""
    fps: int | None = None
    to_sdr: tuple[Graph, ...] = ()
    argv: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


NO_ADJUSTMENTS = Adjustments()


def adjustments_for(
    spec: JobSpec, encoder: str, pix_fmt: str | None, source: Stream, capabilities: Capabilities
) -> Adjustments:
    """Return the adjustments for this input; raise TranscodeError if it cannot be made playable.

    `pix_fmt` is the format that the job or the plan sets; None if FFmpeg chooses it.
    """
    video = spec.video_options or Video()
    is_adjusted = spec.preset is not None or spec.thumbnail is not None
    is_playable = encoder in STILLS or pix_fmt in _PLAYABLE_PIX_FMTS
    is_forced = pix_fmt is not None and video.pix_fmt is None
    result = NO_ADJUSTMENTS
    if needs_dolby_decoder(source):
        result = _dolby_vision(result, is_adjusted=is_adjusted and is_playable)
    if is_adjusted and is_playable:
        result = _screen_format(result, video, encoder, source)
    if hdr_kind(source) and is_playable and not _tone_maps(video):
        maps = (is_adjusted or is_forced) and video.tonemap != "off"
        result = _colours(result, encoder, source, capabilities, maps=maps)
    return result


def _dolby_vision(base: Adjustments, *, is_adjusted: bool) -> Adjustments:
    problem = (
        "The input is Dolby Vision profile 5: without Dolby's own decoder its colours become green"
        " and purple."
    )
    if is_adjusted:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            problem,
            "Copy the video (codec copy), or export the video as HDR10, HLG or SDR first.",
        )
    return replace(base, warnings=(*base.warnings, problem))


def _screen_format(base: Adjustments, video: Video, encoder: str, source: Stream) -> Adjustments:
    warnings = list(base.warnings)
    filters = " ".join(video.filters or ())
    is_interlaced = (
        source.field_order in _INTERLACED
        and video.deinterlace is None
        and not any(name in filters for name in _DEINTERLACERS)
    )
    if is_interlaced:
        warnings.append("The input is interlaced; it is deinterlaced for screens.")
    has_other_pixels = abs(shown_size(source).shape - 1) > 0.005
    if has_other_pixels:
        warnings.append(
            f"The input's pixels are {source.sample_aspect_ratio}; the result's are square."
        )
    fps = None
    is_too_fast = (source.fps or 0) > _ROUNDED_FPS and source.codec not in _CENTISECOND_FORMATS
    if is_too_fast and not video.fps and encoder not in STILLS:
        assert source.fps is not None
        fps = PLAYBACK_FPS
        warnings.append(
            f"{number_text(source.fps)} frames per second are reduced to {fps}; set video.fps for"
            " another rate."
        )
    is_full = source.color_range == "pc" or (source.pix_fmt or "").startswith("yuvj")
    return replace(
        base,
        argv=("-color_range:v", "tv") if is_full and encoder not in STILLS else (),
        deinterlaces=is_interlaced,
        squares_pixels=has_other_pixels,
        is_square=True,
        fps=fps,
        warnings=tuple(warnings),
    )


def _tone_maps(video: Video) -> bool:
    return any("tonemap" in text for text in video.filters or ())


def _colours(
    base: Adjustments, encoder: str, source: Stream, capabilities: Capabilities, *, maps: bool
) -> Adjustments:
    kind = hdr_kind(source)
    if maps and capabilities.filters >= TONE_MAPPERS:
        cleaned = (mastering_removal(),) if SIDE_DATA_FILTER in capabilities.filters else ()
        warning = f"The input is HDR ({kind}); it is tone mapped to SDR (BT.709)."
        return replace(
            base,
            to_sdr=(to_sdr(source), *cleaned),
            argv=() if encoder in STILLS else SDR_TAGS,  # stills have no such tags
            warnings=(*base.warnings, warning),
        )
    reason = " and this server's FFmpeg cannot tone map" if maps else ""
    warning = (
        f"The input is HDR ({kind}), the result has 8 bits{reason}: it looks pale on many screens."
        " A 10-bit video.pix_fmt such as yuv420p10le keeps HDR."
    )
    return replace(base, warnings=(*base.warnings, warning))
