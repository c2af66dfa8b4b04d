"""Video options and filters of a command line."""

from collections.abc import Sequence
from fractions import Fraction

from ffremote.errors import InvalidArgument
from ffremote.spec import JobSpec, Video
from ffremote.spec.types import number_text

from ..model.capabilities import Capabilities
from ..policy.filter_bugs import guarded
from ..policy.filtergraph import Graph, read_graph
from ..policy.graphs.complex_graph import ComplexGraph
from ..policy.value_rules import MAX_SIDE
from .containers import Container, cannot_hold
from .encoders import COPY, choose, codec_of, rate_control, rules_of
from .web_video import NO_ADJUSTMENTS, Adjustments

AUTO = "auto"
"""The pixel format that FFmpeg chooses."""
_ROTATIONS = {
    90: "transpose=dir=clock",
    180: "hflip,vflip",
    270: "transpose=dir=cclock",
}
_FLIPS = {"horizontal": "hflip", "vertical": "vflip", "both": "hflip,vflip"}
_NOT_WITH_COPY = (
    *("crf", "qp", "bitrate", "maxrate", "bufsize", "preset", "tune", "profile", "level"),
    *("pix_fmt", "fps", "gop", "bframes", "scale", "crop", "rotate", "flip", "deinterlace"),
    *("filters", "two_pass"),
)
# enlarges the shorter side, so that no detail is lost
_SQUARED = "scale=w=trunc(iw*max(sar\\,1)/2+0.5)*2:h=trunc(ih*max(1/sar\\,1)/2+0.5)*2,setsar=sar=1"
# players support their output everywhere only as 8-bit 4:2:0
_PLAYS_AS_420 = ("libx264", "libopenh264")


def choose_encoder(spec: JobSpec, container: Container, capabilities: Capabilities) -> str:
    """Return the video encoder of the job; raise InvalidArgument if the container refuses it."""
    video = spec.video_options or Video()
    name = video.codec or container.default("video")
    assert name is not None, container.name
    if name == "wrapped_avframe":
        return name
    encoder = choose(name, "video", "video.codec", capabilities, hardware=video.hardware)
    if encoder == COPY:
        _refuse_with_copy(video)
        if spec.overlays:
            raise InvalidArgument(
                "overlays", "overlays requires encoding, but video.codec is copy."
            )
        return encoder
    codec = codec_of(encoder, capabilities)
    if not container.takes("video", codec):
        raise InvalidArgument(
            "video.codec",
            cannot_hold(container.name, "video", codec),
        )
    return encoder


def _refuse_with_copy(video: Video) -> None:
    for key in _NOT_WITH_COPY:
        if getattr(video, key) not in (None, False):
            raise InvalidArgument(
                f"video.{key}", f"video.{key} requires encoding, but video.codec is copy."
            )


def encoding(video: Video, encoder: str) -> tuple[list[str], list[str]]:
    """Return the encoder options, and warnings."""
    if encoder == COPY:
        return ["-c:v", COPY], []
    argv, warnings = rate_control(video, encoder)
    argv = ["-c:v", encoder, *argv]
    argv += _speed(video, encoder)
    if video.profile:
        _check_word("video.profile", video.profile, encoder, "profiles")
        argv += ["-profile:v", video.profile]
    if video.level:
        argv += ["-level:v", video.level]
    if video.pix_fmt not in (None, AUTO):
        argv += ["-pix_fmt", str(video.pix_fmt)]
    if video.gop is not None:
        argv += ["-g", str(video.gop)]
    if video.bframes is not None:
        argv += ["-bf", str(video.bframes)]
    return argv, warnings


def _speed(video: Video, encoder: str) -> list[str]:
    argv = []
    if video.preset:
        _check_word("video.preset", video.preset, encoder, "presets")
        argv += [rules_of(encoder).get("preset_option", "-preset"), video.preset]
    if video.tune:
        _check_word("video.tune", video.tune, encoder, "tunes")
        argv += ["-tune", video.tune]
    return argv


def _check_word(field: str, word: str, encoder: str, key: str) -> None:
    supported = rules_of(encoder).get(key)
    if supported is not None and word not in supported:
        raise InvalidArgument(
            field,
            f"{encoder} does not support {field} {word!r}. Supported: {', '.join(supported)}.",
        )


def chain(
    video: Video,
    *,
    adjustments: Adjustments = NO_ADJUSTMENTS,
    seconds: float | None = None,
    known_side: int | None = None,
    pix_fmt: str | None = None,
    version: str = "",
) -> list[Graph]:
    """Return the filters of the fields in the order in which they apply, then `video.filters`.

    `adjustments` are the additional filters of a preset; `seconds` is the duration of the video;
    `known_side` is the shorter side of the input and `pix_fmt` its format; None is unknown.
    `version` is FFmpeg's, for `filter_bugs.guarded`.
    """
    texts = [*_deinterlaced(video, adjustments), *_oriented(video)]
    if adjustments.squares_pixels:
        texts.append(_SQUARED)
    if video.fps or adjustments.fps:
        texts.append(_fps(str(video.fps or adjustments.fps), seconds))
    if video.scale:
        texts.append(_scale(video.scale))
    graphs = [read_graph(text) for text in texts]
    resized = video.crop or video.scale
    return graphs + guarded(
        job_filters(video.filters or (), "video.filters", "v"),
        known_side=_shorter_side(video) if resized else known_side,
        version=version,
        pix_fmt=pix_fmt,
    )


def _deinterlaced(video: Video, adjustments: Adjustments) -> list[str]:
    if video.deinterlace:
        return ["bwdif=deint=interlaced"]
    # keeps the number of frames
    return ["bwdif=mode=send_frame:deint=interlaced"] if adjustments.deinterlaces else []


def _oriented(video: Video) -> list[str]:
    texts = []
    if video.crop:
        texts.append(_crop(video.crop))
    if video.rotate:
        texts.append(_ROTATIONS[video.rotate])
    if video.flip:
        texts.append(_FLIPS[video.flip])
    return texts


def palette_filters(graphs: Sequence[Graph | ComplexGraph]) -> list[Graph]:
    """Return the palette filters of a GIF, to add after `graphs`, unless these have their own."""
    if any(each.name == "paletteuse" for graph in graphs for each in graph.filters):
        return []
    # one palette per frame: a palette of the whole video would keep all frames in memory
    text = (
        "split[whole][sample];[sample]palettegen=stats_mode=single[palette];"
        "[whole][palette]paletteuse=new=1"
    )
    return [read_graph(text)]


def _fps(rate: str, seconds: float | None) -> str:
    """Return the fps filter; by default it drops video shorter than half an output frame."""
    text = f"fps=fps={rate}"
    if seconds is not None and seconds * float(Fraction(rate)) < 1:
        return f"{text}:eof_action=pass"
    return text


def _shorter_side(video: Video) -> int | None:
    """Return the shorter side after crop and scale; None if it is not a plain number."""
    sides = (video.scale or video.crop or "").replace("x", ":").split(":")[:2]
    return min(map(int, sides)) if len(sides) == 2 and all(map(str.isdecimal, sides)) else None


def job_filters(items: tuple[str, ...], field: str, kind: str) -> list[Graph]:
    """Return the checked graphs of a job's `filters`; raise InvalidArgument with the index."""
    graphs = []
    for place, text in enumerate(items):
        try:
            graphs.append(read_graph(text, kind))
        except ValueError as exc:
            raise InvalidArgument(f"{field}[{place}]", f"{field}[{place}]: {exc}.") from exc
    return graphs


def _crop(crop: str) -> str:
    keys = ("w", "h", "x", "y")
    return "crop=" + ":".join(f"{key}={n}" for key, n in zip(keys, crop.split(":"), strict=False))


def _scale(scale: str) -> str:
    if scale.endswith("%"):
        factor = number_text(int(scale[:-1]) / 200)
        return f"scale=w=trunc(iw*{factor})*2:h=trunc(ih*{factor})*2"
    width, height = scale.replace("x", ":").split(":")
    for side in (width, height):
        if int(side) > MAX_SIDE:
            raise InvalidArgument(
                "video.scale", f"{side} pixels are more than the maximum of {MAX_SIDE}."
            )
    return f"scale=w={width}:h={height}"


def playable_pix_fmt(video: Video, encoder: str, source: str | None) -> str | None:
    """Return the pixel format to force if players do not support the source's, else None.

    It is also forced if ffprobe, lacking the decoder, does not report the source's format.
    """
    if encoder not in _PLAYS_AS_420 or video.pix_fmt or video.profile:
        return None
    return None if source in ("yuv420p", "yuvj420p") else "yuv420p"
