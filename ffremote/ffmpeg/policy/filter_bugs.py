"""Workarounds for memory errors in filters of some FFmpeg versions; pure.

Found by `tests/security/filter_fuzz.py`: FFmpeg 5.1 writes out of bounds in `gblur`, `edgedetect`
and `unsharp` on frames a few pixels wide, and loops in `vaguedenoiser`; its `dynaudnorm` and
`kerndeint` access memory out of bounds. 5.1 and 7.1 corrupt their heap in `boxblur` on
floating-point frames; 9.0 does not, and versions between were not tested. 9.0 reads through a null
pointer in `alphaextract` on frames without transparency, and corrupts its heap in `anlmdn` with its
default values; 5.1 does not, and versions between were not tested.
"""

import re
from collections.abc import Iterator, Sequence

from .filtergraph import Filter, Graph
from .tables import table

MIN_SIDE = 16
_FIXED = (6, 0)
_FIXED_BOXBLUR = (9, 0)
_DISABLED = {
    "dynaudnorm": "it reads out of bounds there",
    "kerndeint": "it writes out of bounds there",
}
_BROKEN_SINCE_FIXED = {"anlmdn": "it corrupts memory there"}
# these work on frames of any size, or only set properties
_ANY_SIZE = """
    copy crop field fieldorder format fps framestep hflip null pad scale select separatefields
    setdar setfield setparams setpts setrange setsar settb split tpad transpose trim vflip zscale
"""
_HARMLESS = frozenset(_ANY_SIZE.split())
_SIDES = frozenset(("w", "h", "width", "height", "out_w", "out_h", "ow", "oh", "s", "size"))
_RESIZES = frozenset(("crop", "rotate", "scale", "v360", "zoompan", "zscale"))
_HALVES = frozenset(("field", "separatefields", "stereo3d"))
# crop without rounding passes every large frame unchanged; a width of -1 fails the job
SIZE_CHECK = (
    ("w", f"if(lt(min(iw,ih),{MIN_SIDE}),-1,iw)"),
    ("h", "ih"),
    ("exact", "1"),
)
_WHOLE_NUMBERS = """
    yuv420p yuvj420p yuva420p yuv422p yuvj422p yuva422p yuv444p yuvj444p yuva444p yuv440p yuv411p
    yuv410p nv12 gray gray10le gray12le gray16le gbrp gbrap yuv420p10le yuv422p10le yuv444p10le
    yuv420p12le yuv422p12le yuv444p12le yuva420p10le yuva444p10le yuv420p16le yuv422p16le
    yuv444p16le gbrp10le gbrp12le gbrp16le gbrap10le gbrap12le gbrap16le
"""
_NO_FLOATS = "|".join(_WHOLE_NUMBERS.split())
# `alphaextract` takes formats of one depth only; frames without alpha get a white mask
_TRANSPARENT = "yuva420p yuva422p yuva444p rgba bgra argb abgr gbrap ya8"
_DEEP = """
    yuva420p10le yuva422p10le yuva444p10le yuva420p16le yuva422p16le yuva444p16le
    gbrap10le gbrap12le gbrap16le rgba64le ya16le
"""
_WITH_ALPHA = "|".join(_TRANSPARENT.split())
_WITH_DEEP_ALPHA = frozenset(_DEEP.split())


def known_bug(name: str, version: str) -> str | None:
    """Return why a filter is disabled in this FFmpeg version, or None if it is not."""
    return (_DISABLED if _is_before(_FIXED, version) else _BROKEN_SINCE_FIXED).get(name)


def guarded(
    graphs: Sequence[Graph], *, known_side: int | None, version: str, pix_fmt: str | None = None
) -> list[Graph]:
    """Return the job's filters with a size check before those that need MIN_SIDE pixels.

    `known_side` is the shorter side of the incoming frames and `pix_fmt` their format; None is
    unknown. No check is added where all sizes are plain numbers or only harmless filters follow.
    """
    filters = [each for graph in graphs for each in graph.filters]
    shrinking = set(_shrinking(filters))
    start = bool(filters) and not filters[0].inputs and _depends_on_size(filters)
    is_small = known_side is None or known_side < MIN_SIDE
    found, at = [], 0
    for graph in graphs:
        chains = []
        for chain in graph.chains:
            made: list[Filter] = []
            for each in chain:
                if at == 0 and start and is_small:
                    made.append(Filter("crop", SIZE_CHECK))
                made += in_safe_formats(each, version, pix_fmt)
                if at in shrinking:
                    last = made.pop()
                    made += [Filter(last.name, last.params, last.inputs)]
                    made += [Filter("crop", SIZE_CHECK, (), last.outputs)]
                at += 1
            chains.append(tuple(made))
        found.append(Graph(tuple(chains)))
    return found


def _shrinking(filters: Sequence[Filter]) -> Iterator[int]:
    """Yield the indexes of filters whose output may be too small for a later filter."""
    for place, each in enumerate(filters):
        if may_shrink(each) and _depends_on_size(filters[place + 1 :]):
            yield place


def _depends_on_size(filters: Sequence[Filter]) -> bool:
    """Whether one of these filters receives the size unchanged and may fail on small frames."""
    for each in filters:
        if not is_harmless(each):
            return True
        if each.name in _RESIZES and not may_shrink(each) and not (each.inputs or each.outputs):
            return False
    return False


def may_shrink(each: Filter) -> bool:
    """Whether the frames after this filter may be smaller than MIN_SIDE."""
    if each.name in _HALVES:
        return True
    if each.name not in _RESIZES:
        return False
    sides = [value for key, value in each.params if key in _SIDES]
    return not ((len(sides) == 2 and all(map(_is_large, sides))) or _is_large_size(sides))


def _is_large(text: str) -> bool:
    return re.fullmatch(r"[0-9]{2,5}", text) is not None and int(text) >= MIN_SIDE


def _is_large_size(sides: Sequence[str]) -> bool:
    return len(sides) == 1 and "x" in sides[0] and all(map(_is_large, sides[0].split("x")))


def is_harmless(each: Filter) -> bool:
    """Whether the filter works on frames of any size, or has none."""
    return each.name in _HARMLESS or table("filters").get(each.name, {}).get("kind") == "a"


def in_safe_formats(each: Filter, version: str, pix_fmt: str | None) -> list[Filter]:
    """Return the filter, after a conversion to formats on which it does not crash."""
    if each.name == "alphaextract":
        formats = pix_fmt if pix_fmt in _WITH_DEEP_ALPHA else _WITH_ALPHA
    elif each.name == "boxblur" and _is_before(_FIXED_BOXBLUR, version):
        formats = _NO_FLOATS
    else:
        return [each]
    rest = Filter(each.name, each.params, (), each.outputs)
    return [Filter("format", (("pix_fmts", formats),), each.inputs), rest]


def _is_before(release: tuple[int, int], version: str) -> bool:
    match = re.match(r"n?(\d+)\.(\d+)", version, re.ASCII)
    return match is not None and (int(match[1]), int(match[2])) < release
