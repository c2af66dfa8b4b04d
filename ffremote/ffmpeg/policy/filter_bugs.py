"""What filters of some FFmpegs cannot be trusted with: tiny pictures, and a few formats; pure.

Found by `tests/security/filter_fuzz.py`: FFmpeg 5.1 writes beyond its memory in `gblur`,
`edgedetect` and `unsharp` on pictures a few pixels wide, and spins in `vaguedenoiser`; its
`dynaudnorm` and `kerndeint` leave their memory. 5.1 and 7.1 corrupt their heap in `boxblur` on
floating-point pictures; 9.0 does not, and what lies between was not tried. 9.0 reads through a
null pointer in `alphaextract` on pictures without transparency.
"""

import re
from collections.abc import Iterator, Sequence

from .filtergraph import Filter, Graph
from .tables import table

MIN_SIDE = 16
_MENDED = (6, 0)
_BLURS_FLOATS = (9, 0)
_DISTRUSTED = {
    "dynaudnorm": "it reads beyond its memory there",
    "kerndeint": "it writes beyond its memory there",
}
# these work on pictures of any size, or only say what comes next
_ANY_SIZE = """
    copy crop field fieldorder format fps framestep hflip null pad scale select separatefields
    setdar setfield setparams setpts setrange setsar split tpad transpose trim vflip zscale
"""
_HARMLESS = frozenset(_ANY_SIZE.split())
_SIDES = frozenset(("w", "h", "width", "height", "out_w", "out_h", "ow", "oh", "s", "size"))
_RESIZES = frozenset(("crop", "rotate", "scale", "zoompan", "zscale"))
_HALVES = frozenset(("field", "separatefields", "stereo3d"))
# crop without rounding lets every picture through as it is; a width of -1 ends the job
_GUARD = (
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
# `alphaextract` takes a list of one depth only; what has no transparency gets a white mask
_TRANSPARENT = "yuva420p yuva422p yuva444p rgba bgra argb abgr gbrap ya8"
_DEEP = """
    yuva420p10le yuva422p10le yuva444p10le yuva420p16le yuva422p16le yuva444p16le
    gbrap10le gbrap12le gbrap16le rgba64le ya16le
"""
_WITH_ALPHA = "|".join(_TRANSPARENT.split())
_WITH_DEEP_ALPHA = frozenset(_DEEP.split())


def known_bug(name: str, version: str) -> str | None:
    """Return why a filter is left out of this FFmpeg, or None when it is not."""
    return _DISTRUSTED.get(name) if _is_before(_MENDED, version) else None


def guarded(
    graphs: Sequence[Graph], *, known_side: int | None, version: str, pix_fmt: str | None = None
) -> list[Graph]:
    """Return the job's own filters, with a check before those that need MIN_SIDE pixels.

    `known_side` is the shorter side of the pictures that come in, `pix_fmt` their format, None
    where that is not known. Nothing is added where the sizes are plain numbers, or nothing but
    harmless filters follow.
    """
    filters = [each for graph in graphs for each in graph.filters]
    places = set(_places(filters))
    start = bool(filters) and not filters[0].inputs and _matters(filters)
    is_small = known_side is None or known_side < MIN_SIDE
    found, at = [], 0
    for graph in graphs:
        chains = []
        for chain in graph.chains:
            made: list[Filter] = []
            for each in chain:
                if at == 0 and start and is_small:
                    made.append(Filter("crop", _GUARD))
                made += _in_safe_formats(each, version, pix_fmt)
                if at in places:
                    last = made.pop()
                    made += [Filter(last.name, last.params, last.inputs)]
                    made += [Filter("crop", _GUARD, (), last.outputs)]
                at += 1
            chains.append(tuple(made))
        found.append(Graph(tuple(chains)))
    return found


def _places(filters: Sequence[Filter]) -> Iterator[int]:
    """Yield the places of the filters after which a picture may be too small for a later one."""
    for place, each in enumerate(filters):
        if _may_shrink(each) and _matters(filters[place + 1 :]):
            yield place


def _matters(filters: Sequence[Filter]) -> bool:
    """Whether one of these would get the size as it is."""
    for each in filters:
        if not _is_harmless(each):
            return True
        if each.name in _RESIZES and not _may_shrink(each) and not (each.inputs or each.outputs):
            return False
    return False


def _may_shrink(each: Filter) -> bool:
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


def _is_harmless(each: Filter) -> bool:
    return each.name in _HARMLESS or table("filters").get(each.name, {}).get("kind") == "a"


def _in_safe_formats(each: Filter, version: str, pix_fmt: str | None) -> list[Filter]:
    """Return the filter behind a conversion to what it takes without a crash."""
    if each.name == "alphaextract":
        formats = pix_fmt if pix_fmt in _WITH_DEEP_ALPHA else _WITH_ALPHA
    elif each.name == "boxblur" and _is_before(_BLURS_FLOATS, version):
        formats = _NO_FLOATS
    else:
        return [each]
    rest = Filter(each.name, each.params, (), each.outputs)
    return [Filter("format", (("pix_fmts", formats),), each.inputs), rest]


def _is_before(release: tuple[int, int], version: str) -> bool:
    match = re.match(r"n?(\d+)\.(\d+)", version, re.ASCII)
    return match is not None and (int(match[1]), int(match[2])) < release
