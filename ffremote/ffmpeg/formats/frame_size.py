"""Compute the frame size after filters, as far as it is known before FFmpeg runs."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..model.media_info import Stream
from ..policy.arithmetic import evaluate
from ..policy.filtergraph import Filter, Graph

_WIDEST_PIXEL = 4
_RATIO = re.compile(r"([0-9]{1,9}):([1-9][0-9]{0,8})", re.ASCII)
# filters whose output size is not computed
_UNKNOWN_SIZE = frozenset(
    {"rotate", "tile", "hstack", "vstack", "zoompan", "separatefields", "weave", "doubleweave"}
    | {"tinterlace", "stereo3d", "field", "showpalette", "palettegen", "overlay", "v360", "zscale"}
)
_PALETTE = frozenset({"split", "palettegen", "paletteuse"})


@dataclass(frozen=True, slots=True)
class Size:
    """A frame size in pixels, None if unknown; `shape` is the aspect ratio of a pixel."""

    width: int | None
    height: int | None
    shape: Fraction = Fraction(1)

    @property
    def turned(self) -> "Size":
        """The size after a rotation by 90 degrees."""
        return Size(self.height, self.width, 1 / self.shape)


UNKNOWN = Size(None, None)


def shown_size(stream: Stream) -> Size:
    """Return the size of the decoded frames, after FFmpeg has applied the rotation."""
    size = Size(stream.width or None, stream.height or None, _shape(stream.sample_aspect_ratio))
    return size.turned if (stream.rotation or 0) % 180 == 90 else size


def _shape(ratio: str | None) -> Fraction:
    """Return the ratio `64:45`; extreme ratios, as in damaged files, count as square."""
    match = _RATIO.fullmatch(ratio or "")
    if match is None:
        return Fraction(1)
    shape = Fraction(int(match[1]), int(match[2]))
    return shape if Fraction(1, _WIDEST_PIXEL) <= shape <= _WIDEST_PIXEL else Fraction(1)


def size_after(graphs: Iterable[Graph], size: Size) -> Size:
    """Return the size after the filters, `UNKNOWN` where it cannot be computed."""
    for graph in graphs:
        if len(graph.chains) != 1:
            is_palette = {each.name for each in graph.filters} == _PALETTE
            size = size if is_palette else UNKNOWN
            continue
        for each in graph.filters:
            size = _after(each, size)
    return size


def _after(each: Filter, size: Size) -> Size:
    params = dict(each.params)
    if each.name in _UNKNOWN_SIZE:
        return UNKNOWN
    if each.name == "transpose":
        return size.turned
    if each.name == "setsar":
        return Size(size.width, size.height)
    if each.name == "scale":
        return _scaled(params, size)
    if each.name in ("crop", "pad"):
        return Size(
            _side(params.get("w", params.get("out_w")), size.width, size),
            _side(params.get("h", params.get("out_h")), size.height, size),
            size.shape,
        )
    return size


def _side(text: str | None, default: int | None, size: Size) -> int | None:
    """Return the value of a side's expression; 0 and no expression give the default."""
    if text is None:
        return default
    value = evaluate(text, _names(size))
    return None if value is None else math.trunc(value) or default


def _names(size: Size) -> dict[str, float]:
    names = {"sar": float(size.shape)}
    if size.width is not None:
        names |= dict.fromkeys(("iw", "in_w"), size.width)
    if size.height is not None:
        names |= dict.fromkeys(("ih", "in_h"), size.height)
    return names


def _scaled(params: Mapping[str, str], size: Size) -> Size:
    if not params.keys().isdisjoint({"s", "size", "force_original_aspect_ratio"}):
        return UNKNOWN
    width = _side(params.get("w", params.get("width")), size.width, size)
    height = _side(params.get("h", params.get("height")), size.height, size)
    scaled = Size(
        _kept_aspect(width, height, size.width, size.height),
        _kept_aspect(height, width, size.height, size.width),
    )
    if None in (scaled.width, scaled.height, size.width, size.height):
        return scaled
    assert scaled.width and scaled.height and size.width and size.height
    stretched = Fraction(scaled.height * size.width, scaled.width * size.height)
    return Size(scaled.width, scaled.height, size.shape * stretched)


def _kept_aspect(
    side: int | None, other: int | None, before: int | None, other_before: int | None
) -> int | None:
    """Return the value of a negative side in `scale`: it keeps the aspect; -2 is even."""
    if side is None or side > 0:
        return side
    if not other or other < 0 or not before or not other_before:
        return None
    step = abs(side)
    return math.floor(other * before / (other_before * step) + 0.5) * step
