"""The filter that gives an encoder a picture of a size that it takes."""

from collections.abc import Sequence

from ..model.media_info import Stream
from ..policy.filtergraph import Graph, read_graph
from .encoders import rules_of
from .frame_size import UNKNOWN, Size, shown_size, size_after

# whole chroma, or half of the width alone; with alpha, encoders choose what FFmpeg does not tell
_WHOLE = ("yuv444", "yuvj444", "gbr", "rgb24", "bgr24", "rgb48", "bgr48", "gray", "nv24")
_HALVES_WIDTH = ("yuv422", "yuvj422", "nv16", "nv20", "p210", "p216", "yuyv", "uyvy")


def fitting_size(
    graphs: Sequence[Graph],
    source: Stream,
    encoder: str,
    pix_fmt: str | None,
    *,
    even: bool = False,
) -> tuple[list[Graph], list[str]]:
    """Return the filter to put behind `graphs`, if any, and what to say of it.

    `pix_fmt` is what reaches the encoder, None where FFmpeg will choose it; `even` asks for even
    sides whatever the encoder takes. Nothing is added where the size is known and legal.
    """
    rules = rules_of(encoder)
    start = shown_size(source)
    made = size_after(graphs, start) if start.width and start.height else UNKNOWN
    is_even = even or rules.get("even_sides", False)
    least = rules.get("least_side", 2 if is_even else 1)
    if made.width and made.height and min(made.width, made.height) < least:
        return _enlarged(made, least, encoder)
    if not is_even:
        return [], []
    steps = _steps(pix_fmt) if rules.get("keeps_chroma") and not even else (2, 2)
    if made.width is None or made.height is None:
        return ([_scaled_to_fit(steps, least)], []) if max(steps) > 1 else ([], [])
    width, height = made.width - made.width % steps[0], made.height - made.height % steps[1]
    if (width, height) == (made.width, made.height):
        return [], []
    # cut, not scaled: the rest of the picture stays as sharp as it was
    said = (
        f"The picture is cut from {made.width}x{made.height} to {width}x{height}:"
        f" {encoder} takes even sizes only."
    )
    return [read_graph(f"crop=w={width}:h={height}:x=0:y=0")], [said]


def _enlarged(made: Size, least: int, encoder: str) -> tuple[list[Graph], list[str]]:
    assert made.width and made.height
    factor = least / min(made.width, made.height)
    width, height = (max(least, round(side * factor / 2) * 2) for side in (made.width, made.height))
    said = (
        f"The picture is enlarged from {made.width}x{made.height} to {width}x{height}:"
        f" {encoder} takes {least} pixels a side at least."
    )
    return [read_graph(f"scale=w={width}:h={height}")], [said]


def _scaled_to_fit(steps: tuple[int, int], least: int) -> Graph:
    """Return the filter for a size that is not known: it changes nothing where that is legal."""
    factor = f"max(1,{least}/min(iw,ih))"
    sides = (f"{n}='trunc(i{n}*{factor}/{s}+0.5)*{s}'" for n, s in zip("wh", steps, strict=True))
    return read_graph(f"scale={':'.join(sides)}")


def _steps(pix_fmt: str | None) -> tuple[int, int]:
    """Return what width and height must be multiples of."""
    if (pix_fmt or "").startswith(_WHOLE):
        return 1, 1
    return (2, 1) if (pix_fmt or "").startswith(_HALVES_WIDTH) else (2, 2)
