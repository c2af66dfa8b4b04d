"""PGS picture subtitles, as on Blu-rays, written byte by byte."""

import struct


def segment(kind: int, at: float, payload: bytes) -> bytes:
    """Return one segment of a PGS file."""
    return b"PG" + struct.pack(">IIBH", int(at * 90000), 0, kind, len(payload)) + payload


def picture_subtitle(width: int, height: int, box: tuple[int, int, int, int]) -> bytes:
    """Return a PGS file that shows a white box on a canvas of this size from 0 to 1.5 s."""
    x, y, wide, high = box
    row = b"\x00" + struct.pack(">H", 0xC000 | wide) + b"\x01" + b"\x00\x00"
    pixels = row * high
    size = struct.pack(">HH", width, height)
    window = b"\x01\x00" + struct.pack(">HHHH", x, y, wide, high)
    output = struct.pack(">HBBHH", 0, 0, 0, x, y)
    return b"".join(
        [
            segment(0x16, 0, size + b"\x10\x00\x00\x80\x00\x00\x01" + output),
            segment(0x17, 0, window),
            segment(0x14, 0, b"\x00\x00\x01\xeb\x80\x80\xff"),
            segment(
                0x15,
                0,
                b"\x00\x00\x00\xc0"
                + (len(pixels) + 4).to_bytes(3, "big")
                + struct.pack(">HH", wide, high)
                + pixels,
            ),
            segment(0x80, 0, b""),
            segment(0x16, 1.5, size + b"\x10\x00\x01\x00\x00\x00\x00"),
            segment(0x17, 1.5, window),
            segment(0x80, 1.5, b""),
        ]
    )
