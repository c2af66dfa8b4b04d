"""Writes the filters that draw a job's overlays on its video."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ffremote.errors import InvalidArgument
from ffremote.spec import Overlay
from ffremote.spec.types import number_text

from ...formats.frame_size import UNKNOWN, Size, shown_size
from ...model.media_info import Stream
from ...policy.graph import Filter, Graph
from ...policy.value_rules import MAX_SIDE

_TEN_BITS = re.compile(r"p(?:010|016|210|216)|1[0-6](?:le|be)", re.ASCII)
_RGB = re.compile(r"(?:rgb|bgr|gbr|argb|abgr|0rgb|0bgr|pal8)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Layer:
    """An overlay with the stream that is drawn."""

    overlay: Overlay
    stream: Stream
    number: int
    """Its place in `overlays`."""
    is_still: bool
    """Whether the input is one picture, of which FFmpeg shows the last frame to the end."""

    @property
    def field(self) -> str:
        """The overlay in a message."""
        return f"overlays[{self.number}]"


@dataclass(frozen=True, slots=True)
class Layers:
    """The overlays of a job."""

    items: tuple[Layer, ...] = ()
    picture: Size | None = None
    """The size of the picture that a graph makes for them; None for that of an input's stream."""


NO_LAYERS = Layers()


def drawing(
    layers: Sequence[Layer], picture: Size, pix_fmt: str | None
) -> tuple[list[Graph], list[str]]:
    """Return the filters that draw the layers one after the other, and warnings.

    `picture` is the size of what they are drawn on, as far as it is known, `pix_fmt` its format.
    Raise InvalidArgument for a size that depends on one which is not known.
    """
    graphs, warnings = [], []
    for layer in layers:
        scaled, more = _scaled(layer, picture)
        graphs.append(_drawn(layer, scaled, _format(pix_fmt or "")))
        warnings += more
    return graphs, warnings


def _drawn(layer: Layer, scaled: Sequence[Filter], blending: str | None) -> Graph:
    base, over = f"base{layer.number}", layer.stream.specifier
    before: list[tuple[Filter, ...]] = [(Filter("null", outputs=(base,)),)]
    if chain := [*scaled, *_transparent(layer), *_timed(layer)]:
        chain[0] = replace(chain[0], inputs=(over,))
        over = f"over{layer.number}"
        chain[-1] = replace(chain[-1], outputs=(over,))
        before.append(tuple(chain))
    params = [*_position(layer.overlay), *([("format", blending)] if blending else [])]
    drawn = Filter("overlay", (*params, *_shown_between(layer)), (base, over))
    return Graph((*before, (drawn,)))


def _transparent(layer: Layer) -> list[Filter]:
    opacity = layer.overlay.opacity
    if opacity is not None and opacity < 1:
        return [
            Filter("format", (("pix_fmts", "rgba"),)),
            Filter("colorchannelmixer", (("aa", number_text(opacity)),)),
        ]
    return [] if layer.is_still else [Filter("format", (("pix_fmts", "yuva420p"),))]


def _timed(layer: Layer) -> list[Filter]:
    """Return the filters that start a clip at its time, and let nothing follow its last frame.

    With frames without end, of which those after the clip are transparent, the video decides when
    the result ends.
    """
    if layer.is_still:
        return []
    start = layer.overlay.start
    shift = [Filter("setpts", (("expr", f"PTS+{number_text(start)}/TB"),))] if start else []
    return [*shift, Filter("tpad", (("stop", "-1"), ("color", "black@0")))]


def _shown_between(layer: Layer) -> list[tuple[str, str]]:
    start, end = layer.overlay.start, layer.overlay.end
    tests = [f"gte(t,{number_text(start)})"] if start else []
    tests += [f"lt(t,{number_text(end)})"] if end is not None else []
    params = [("enable", "*".join(tests))] if tests else []
    return params if layer.is_still else [*params, ("shortest", "1")]


def _position(overlay: Overlay) -> list[tuple[str, str]]:
    if overlay.x is not None and overlay.y is not None:
        return [("x", _from_side(overlay.x, "W-w")), ("y", _from_side(overlay.y, "H-h"))]
    place, margin = overlay.place or "top-left", overlay.margin or 0
    across = _at(place, ("left", "right"), "W-w", margin)
    return [("x", across), ("y", _at(place, ("top", "bottom"), "H-h", margin))]


def _from_side(pixels: int, room: str) -> str:
    return str(pixels) if pixels >= 0 else f"{room}{pixels}"


def _at(place: str, sides: tuple[str, str], room: str, margin: int) -> str:
    words = place.split("-")
    if sides[0] in words:
        return str(margin)
    return (f"{room}-{margin}" if margin else room) if sides[1] in words else f"({room})/2"


def _format(pix_fmt: str) -> str | None:
    """Return how `overlay` blends so that nothing is lost; None is its default, 8-bit 4:2:0."""
    if _RGB.match(pix_fmt):
        return "rgb"
    if "444" in pix_fmt:
        return "yuv444"
    is_deep = _TEN_BITS.search(pix_fmt) is not None
    if "422" in pix_fmt or pix_fmt.startswith("p21"):
        return "yuv422p10" if is_deep else "yuv422"
    return "yuv420p10" if is_deep else None


def _scaled(layer: Layer, picture: Size) -> tuple[list[Filter], list[str]]:
    text, own = layer.overlay.size, shown_size(layer.stream)
    if text is None:
        return _own_size(layer, own, picture)
    if text.endswith("%") and picture.width is None:
        raise InvalidArgument(
            f"{layer.field}.size",
            f"{layer.field}.size is {text} of the video, whose width is not known before it is"
            " made: give it in pixels, or set video.scale.",
        )
    if text.endswith("%"):
        assert picture.width is not None
        text = f"{max(1, round(picture.width * int(text[:-1]) / 100))}:-1"
    width, height = (int(side) for side in text.replace("x", ":").split(":"))
    if max(width, height) > MAX_SIDE:
        raise InvalidArgument(
            f"{layer.field}.size",
            f"{layer.field}.size is {text}; a side has {MAX_SIDE} pixels at most.",
        )
    return [_scale(width, height, own, picture)], _enlarged(layer, (width, height), own)


def _own_size(layer: Layer, own: Size, picture: Size) -> tuple[list[Filter], list[str]]:
    if own == UNKNOWN or not (own.width and own.height):
        return [], []
    wide = round(own.width * own.shape / picture.shape)
    room = (picture.width or wide, picture.height or own.height)
    if wide > room[0] or own.height > room[1]:
        share = min(Fraction(room[0], wide), Fraction(room[1], own.height))
        fitted = tuple(max(1, int(side * share)) for side in (wide, own.height))
        warning = (
            f"Input {layer.overlay.input} is larger than the video: it is drawn with"
            f" {fitted[0]}x{fitted[1]} pixels; `size` of the overlay sets another size."
        )
        return [_sized(*map(str, fitted))], [warning]
    return ([] if wide == own.width else [_sized(str(wide), str(own.height))]), []


def _scale(width: int, height: int, own: Size, picture: Size) -> Filter:
    """Return the filter for a size of which one side, if negative, keeps the shape."""
    if own.shape == picture.shape or min(width, height) > 0:
        return _sized(str(width), str(height))
    shape = number_text(float(picture.shape))
    if height < 0:
        return _sized(str(width), f"max(1,round({width}*{shape}/dar))")
    return _sized(f"max(1,round({height}*dar/{shape}))", str(height))


def _sized(width: str, height: str) -> Filter:
    return Filter("scale", (("w", width), ("h", height)))


def _enlarged(layer: Layer, sides: tuple[int, int], own: Size) -> list[str]:
    known = [(to, of) for to, of in zip(sides, (own.width, own.height), strict=True) if of]
    if not any(to > of for to, of in known):
        return []
    pixels = f"{own.width}x{own.height} pixels"
    return [
        f"Input {layer.overlay.input} is enlarged from {pixels} by `size` of the overlay: it blurs."
    ]
