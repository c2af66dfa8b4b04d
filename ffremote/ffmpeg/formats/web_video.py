"""What a preset promises of any input: pictures that play everywhere.

A job that names a preset, or asks for a thumbnail, and whose pictures come out in 8 bits 4:2:0, as
a GIF or as a still, gets square pixels, whole frames, at most 60 of them a second, and BT.709. Each
explicit field of the job (`deinterlace`, `fps`, `pix_fmt`) wins.
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
_ROUNDED_FPS = 60.5  # 60000/1001 and what rounds to it are no more than 60
STILLS = frozenset({"bmp", "gif", "apng", "libwebp", "libwebp_anim", "mjpeg", "png", "tiff"})
_TIMED_IN_HUNDREDTHS = ("gif", "apng", "webp")  # "100 fps" is the unit of their pauses
_PLAYED = ("yuv420p", "yuvj420p", "nv12")
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
    """What is done to the pictures beside what the job's fields say."""

    deinterlaces: bool = False
    squares_pixels: bool = False
    is_square: bool = False
    """The pixels of the result must be square, however the sides were rounded."""
    fps: int | None = None
    to_sdr: tuple[Graph, ...] = ()
    argv: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


NO_ADJUSTMENTS = Adjustments()


def adjustments_for(
    spec: JobSpec, encoder: str, pix_fmt: str | None, source: Stream, capabilities: Capabilities
) -> Adjustments:
    """Settle what this input needs; raise TranscodeError when the promise cannot be kept.

    `pix_fmt` is the one that the job or we set; None where FFmpeg chooses.
    """
    video = spec.video_options or Video()
    is_promised = spec.preset is not None or spec.thumbnail is not None
    plays = encoder in STILLS or pix_fmt in _PLAYED
    ours = pix_fmt is not None and video.pix_fmt is None
    found = NO_ADJUSTMENTS
    if needs_dolby_decoder(source):
        found = _dolby_vision(found, is_promised=is_promised and plays)
    if is_promised and plays:
        found = _pictures(found, video, encoder, source)
    if hdr_kind(source) and plays and not _tone_maps(video):
        found = _colours(found, encoder, source, capabilities, maps=is_promised or ours)
    return found


def _dolby_vision(found: Adjustments, *, is_promised: bool) -> Adjustments:
    what = (
        "The input is Dolby Vision of profile 5, whose colours need Dolby's own decoder;"
        " with any other they come out green and purple."
    )
    if is_promised:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT,
            what,
            "Copy the video (codec copy), or export the film as HDR10, HLG or SDR first.",
        )
    return replace(found, warnings=(*found.warnings, what))


def _pictures(found: Adjustments, video: Video, encoder: str, source: Stream) -> Adjustments:
    warnings = list(found.warnings)
    names = " ".join(video.filters or ())
    interlaced = (
        source.field_order in _INTERLACED
        and video.deinterlace is None
        and not any(name in names for name in _DEINTERLACERS)
    )
    if interlaced:
        warnings.append("The input is interlaced; it is deinterlaced for screens.")
    squares = abs(shown_size(source).shape - 1) > 0.005
    if squares:
        warnings.append(
            f"The input's pixels are {source.sample_aspect_ratio}; the result's are square."
        )
    fps = None
    hurried = (source.fps or 0) > _ROUNDED_FPS and source.codec not in _TIMED_IN_HUNDREDTHS
    if hurried and not video.fps and encoder not in STILLS:
        assert source.fps is not None
        fps = PLAYBACK_FPS
        warnings.append(
            f"{number_text(source.fps)} frames a second are cut to {fps}; set video.fps to choose."
        )
    is_full = source.color_range == "pc" or (source.pix_fmt or "").startswith("yuvj")
    return replace(
        found,
        argv=("-color_range:v", "tv") if is_full and encoder not in STILLS else (),
        deinterlaces=interlaced,
        squares_pixels=squares,
        is_square=True,
        fps=fps,
        warnings=tuple(warnings),
    )


def _tone_maps(video: Video) -> bool:
    return any("tonemap" in text for text in video.filters or ())


def _colours(
    found: Adjustments, encoder: str, source: Stream, capabilities: Capabilities, *, maps: bool
) -> Adjustments:
    kind = hdr_kind(source)
    if maps and capabilities.filters >= TONE_MAPPERS:
        cleaned = (mastering_removal(),) if SIDE_DATA_FILTER in capabilities.filters else ()
        said = f"The input is HDR ({kind}); it is tone mapped to SDR (BT.709)."
        return replace(
            found,
            to_sdr=(to_sdr(source), *cleaned),
            argv=() if encoder in STILLS else SDR_TAGS,  # these have no such tags
            warnings=(*found.warnings, said),
        )
    why = "; this server's FFmpeg cannot tone map" if maps else ""
    said = (
        f"The input is HDR ({kind}) and 8 bits are too few for it{why}: the result looks pale on"
        " many screens. A 10-bit video.pix_fmt such as yuv420p10le keeps it."
    )
    return replace(found, warnings=(*found.warnings, said))
