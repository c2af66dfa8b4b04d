"""The size of raw pictures by their pixel format."""

from math import ceil

Plane = tuple[int, int, int]
"""Bytes of a pixel, and by which powers of two it is narrower and lower than the picture."""

_PACKED = {
    "gray": 1,
    "rgb24": 3,
    "bgr24": 3,
    **dict.fromkeys(("rgba", "bgra", "argb", "abgr", "rgb0", "bgr0", "0rgb", "0bgr"), 4),
    **dict.fromkeys(("gray10le", "gray12le", "gray16le", "gray16be", "rgb565le", "rgb555le"), 2),
    **dict.fromkeys(("rgb48le", "rgb48be", "bgr48le"), 6),
    **dict.fromkeys(("rgba64le", "bgra64le"), 8),
    "grayf32le": 4,
}
_CHROMA = {"420": (1, 1), "422": (1, 0), "444": (0, 0), "411": (2, 0), "440": (0, 1)}
_SHAPES = [(shape, f"yuv{shape}p") for shape in _CHROMA]
_FORMATS: dict[str, tuple[Plane, ...]] = {
    **{name: ((size, 0, 0),) for name, size in _PACKED.items()},
    **{
        f"{name}{depth}": ((size, 0, 0), *[(size, *_CHROMA[shape])] * 2)
        for shape, name in _SHAPES
        for depth, size in (("", 1), ("10le", 2), ("12le", 2), ("16le", 2))
        if depth == "" or shape in ("420", "422", "444")
    },
    **{
        f"yuvj{shape}p": ((1, 0, 0), *[(1, *_CHROMA[shape])] * 2) for shape in ("420", "422", "444")
    },
    **{
        f"yuva{shape}p": ((1, 0, 0), *[(1, *_CHROMA[shape])] * 2, (1, 0, 0))
        for shape in ("420", "422", "444")
    },
    **dict.fromkeys(("nv12", "nv21"), ((1, 0, 0), (2, 1, 1))),
    "nv16": ((1, 0, 0), (2, 1, 0)),
    "p010le": ((2, 0, 0), (4, 1, 1)),
    **dict.fromkeys(("yuyv422", "uyvy422"), ((4, 1, 0),)),
    "gbrp": ((1, 0, 0),) * 3,
    "gbrp10le": ((2, 0, 0),) * 3,
    "gbrap": ((1, 0, 0),) * 4,
}


def is_raw_format(pix_fmt: str) -> bool:
    """Whether raw pictures of this format are written: those of a known size."""
    return pix_fmt in _FORMATS


def raw_formats() -> str:
    """Return the names of these formats, for a message."""
    return ", ".join(sorted(_FORMATS))


def picture_bytes(pix_fmt: str, width: int, height: int) -> int | None:
    """Return the bytes of one picture; None for a format of unknown size."""
    planes = _FORMATS.get(pix_fmt)
    if planes is None:
        return None
    return sum(
        size * ceil(width / (1 << across)) * ceil(height / (1 << down))
        for size, across, down in planes
    )
