"""Crop or scale video to a size that the encoder supports."""

from collections.abc import Sequence

from ffremote.spec import Video

from ..model.media_info import Stream
from ..policy.filtergraph import Graph, read_graph
from .encoders import rules_of
from .frame_size import UNKNOWN, Size, shown_size, size_after

# full chroma, or halved in width only; not formats with alpha: what encoders make of those, FFmpeg
# does not report
_FULL_CHROMA = ("yuv444", "yuvj444", "gbr", "rgb24", "bgr24", "rgb48", "bgr48", "gray", "nv24")
_HALVES_WIDTH = ("yuv422", "yuvj422", "nv16", "nv20", "p210", "p216", "yuyv", "uyvy")


# filters behind which the format is still that of the source
_KEEPS_FORMAT = frozenset(
    {"crop", "fps", "framerate", "hflip", "loop", "null", "pad", "reverse", "scale", "setdar"}
    | {"setpts", "setsar", "tpad", "transpose", "trim", "vflip"}
)
_WITH_ALPHA = ("rgba", "bgra", "argb", "abgr", "pal8")


def chosen_pix_fmt(video: Video, graphs: Sequence[Graph], source: str | None) -> str | None:
    """Return the format that FFmpeg chooses for `source`, as far as it is known.

    For pictures with alpha, an encoder without alpha gets full chroma if the job says `auto`.
    """
    is_kept = all(each.name in _KEEPS_FORMAT for graph in graphs for each in graph.filters)
    if video.pix_fmt != "auto" or not is_kept:
        return source if video.pix_fmt != "auto" else None
    return "yuv444p" if (source or "").startswith(_WITH_ALPHA) else source


def fitting_size(
    graphs: Sequence[Graph],
    source: Stream,
    encoder: str,
    pix_fmt: str | None,
    *,
    even: bool = False,
) -> tuple[list[Graph], list[str]]:
    """Return the filter to add after `graphs`, if any, and its warning.

    `pix_fmt` is the format that reaches the encoder, None if FFmpeg chooses it; `even` requires
    even sides for any encoder. No filter is added if the size is known and supported.
    """
    rules = rules_of(encoder)
    start = shown_size(source)
    size = size_after(graphs, start) if start.width and start.height else UNKNOWN
    is_even = even or rules.get("even_sides", False)
    least = rules.get("least_side", 2 if is_even else 1)
    if size.width and size.height and min(size.width, size.height) < least:
        return _enlarged(size, least, encoder)
    if not is_even:
        return [], []
    steps = _steps(pix_fmt) if rules.get("keeps_chroma") and not even else (2, 2)
    if size.width is None or size.height is None:
        return ([_scaled_to_fit(steps, least)], []) if max(steps) > 1 else ([], [])
    width, height = size.width - size.width % steps[0], size.height - size.height % steps[1]
    if (width, height) == (size.width, size.height):
        return [], []
    # cropped, not scaled: the rest of the picture stays sharp
    warning = (
        f"The picture is cropped from {size.width}x{size.height} to {width}x{height}:"
        f" {encoder} supports even sizes only."
    )
    return [read_graph(f"crop=w={width}:h={height}:x=0:y=0")], [warning]


def _enlarged(size: Size, least: int, encoder: str) -> tuple[list[Graph], list[str]]:
    assert size.width and size.height
    factor = least / min(size.width, size.height)
    width, height = (max(least, round(side * factor / 2) * 2) for side in (size.width, size.height))
    warning = (
        f"The picture is enlarged from {size.width}x{size.height} to {width}x{height}:"
        f" {encoder} requires at least {least} pixels per side."
    )
    return [read_graph(f"scale=w={width}:h={height}")], [warning]


def _scaled_to_fit(steps: tuple[int, int], least: int) -> Graph:
    """Return the filter for an unknown size; it changes nothing if the size is supported."""
    factor = f"max(1,{least}/min(iw,ih))"
    sides = (f"{n}='trunc(i{n}*{factor}/{s}+0.5)*{s}'" for n, s in zip("wh", steps, strict=True))
    return read_graph(f"scale={':'.join(sides)}")


def _steps(pix_fmt: str | None) -> tuple[int, int]:
    """Return the numbers that width and height must be multiples of."""
    if (pix_fmt or "").startswith(_FULL_CHROMA):
        return 1, 1
    return (2, 1) if (pix_fmt or "").startswith(_HALVES_WIDTH) else (2, 2)
