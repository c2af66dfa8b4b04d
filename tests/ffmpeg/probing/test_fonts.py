"""Fonts: their table directory decides; nothing else is read."""

import struct
from pathlib import Path

import pytest

from ffremote.ffmpeg import TranscodeError
from ffremote.ffmpeg.probing.fonts import inspect_font
from tests.support.side_files import collection, font

FAR = struct.pack(">4sH6x", b"OTTO", 1) + struct.pack(">4s4xII", b"cmap", 0xFFFFFFF0, 64)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (font(), "ttf"),
        (font(magic=b"true"), "ttf"),
        (font(b"CFF ", b"cmap", b"head", b"hhea", b"hmtx", b"maxp", magic=b"OTTO"), "otf"),
        (collection(font(), font(magic=b"OTTO")), "ttc"),
    ],
)
def test_the_kind_of_a_font_is_its_format(content: bytes, kind: str, tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(content)

    info = inspect_font(tmp_path / "input")

    assert (info.format, info.streams, info.bytes) == (kind, (), len(content))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it ends in its header"),
        (b"\x00\x01\x00\x00", "it ends in its header"),
        (b"wOFF" + bytes(40), "it does not begin as TrueType or OpenType"),
        (b"%!PS-AdobeFont-1.0", "it does not begin as TrueType or OpenType"),
        (font(b"glyf"), "it lacks the table cmap"),
        (font(b"cmap", b"head", b"hhea", b"hmtx", b"maxp"), "it lacks the table glyf"),
        (font()[:-4], "it ends in its header"),
        (struct.pack(">4sH6x", b"OTTO", 60000), "it claims to have 60000 tables"),
        (FAR, "a table of it lies beyond its end"),
        (struct.pack(">4sII", b"ttcf", 0x10000, 1 << 30), "a collection of 1073741824 fonts"),
        (struct.pack(">4sIII", b"ttcf", 0x10000, 1, 1 << 31), "it ends in its header"),
        (struct.pack(">4sIII", b"ttcf", 0x10000, 1, 0), "does not begin as TrueType"),
    ],
)
def test_what_is_no_font_is_refused_with_the_reason(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "input").write_bytes(content)

    with pytest.raises(TranscodeError) as caught:
        inspect_font(tmp_path / "input")

    assert reason in caught.value.failure.message
