"""Small fonts and LUTs for tests."""

import struct

IDENTITY = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]
"""The colours of the smallest cube, red changing first."""
BLUE_FIRST = [(r, g, b) for r in (0, 1) for g in (0, 1) for b in (0, 1)]


def cube(*colours: tuple[float, ...], size: int = 2) -> bytes:
    """Return a .cube file; without colours that which changes none."""
    lines = [" ".join(map(str, each)) for each in colours or IDENTITY]
    return "\n".join(['TITLE "x"', "# a comment", f"LUT_3D_SIZE {size}", *lines, ""]).encode()


def swapped_cube() -> bytes:
    """Return a .cube file that swaps red and blue."""
    return cube(*((b, g, r) for r, g, b in IDENTITY))


def curve() -> bytes:
    """Return a .cube file of one dimension, which inverts."""
    return b"LUT_1D_SIZE 2\n1 1 1\n0 0 0\n"


def csp() -> bytes:
    """Return a .csp file that changes no colour."""
    shaper = "2\n0.0 1.0\n0.0 1.0\n"
    lines = [" ".join(map(str, each)) for each in IDENTITY]
    head = "CSPLUTV100\n3D\nBEGIN METADATA\nmade up\nEND METADATA\n\n"
    return (head + shaper * 3 + "2 2 2\n" + "\n".join(lines) + "\n").encode()


def m3d() -> bytes:
    """Return a .m3d file that changes no colour."""
    lines = [" ".join(map(str, each)) for each in BLUE_FIRST]
    return ("in 8\nout 2\nformat lut\nvalues red green blue\n" + "\n".join(lines)).encode()


def dat() -> bytes:
    """Return a .dat file that changes no colour."""
    return b"3DLUTSIZE 2\n" + b"\n".join(b"%.1f %.1f %.1f" % each for each in BLUE_FIRST) + b"\n"


def threedl() -> bytes:
    """Return a .3dl file that changes no colour."""
    steps = range(17)
    lines = [f"{r * 256} {g * 256} {b * 256}" for r in steps for g in steps for b in steps]
    return "\n".join([" ".join(str(each * 64) for each in steps), *lines]).encode()


def font(*tables: bytes, magic: bytes = b"\x00\x01\x00\x00") -> bytes:
    """Return the header of a font with these tables, all empty; it has no glyphs."""
    names = tables or (b"cmap", b"glyf", b"head", b"hhea", b"hmtx", b"maxp")
    rows = b"".join(struct.pack(">4s4xII", name, 12, 4) for name in names)
    return struct.pack(">4sH6x", magic, len(names)) + rows


def collection(*fonts: bytes) -> bytes:
    """Return a collection of fonts; their tables are not where they say."""
    offsets, body = [], b""
    for each in fonts:
        offsets.append(12 + 4 * len(fonts) + len(body))
        body += each
    return struct.pack(f">4sII{len(fonts)}I", b"ttcf", 0x10000, len(fonts), *offsets) + body
