"""Which files can be read while they arrive, by their first bytes."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffremote.files.arriving.layout import ENOUGH_BYTES, MAX_INDEX_BYTES, NEVER, layout_of

FTYP = b"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom"


def box(kind: bytes, content: bytes = b"", *, size: int | None = None) -> bytes:
    return (size or 8 + len(content)).to_bytes(4, "big") + kind + content


def needed(path: Path, head: bytes, received: int | None = None) -> int | None:
    path.write_bytes(head.ljust(512, b"\x01"))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return layout_of(descriptor, len(head) if received is None else received).needed
    finally:
        os.close(descriptor)


MOOV = box(b"moov", bytes(100))
TS = (b"G" + bytes(187)) * 3


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\x1aE\xdf\xa3" + bytes(600), ENOUGH_BYTES),
        (b"RIFF\x00\x00\x01\x00AVI LIST", ENOUGH_BYTES),
        (b"RF64\xff\xff\xff\xffWAVEds64", ENOUGH_BYTES),
        (TS, ENOUGH_BYTES),
        (b"\x00" * 4 + (b"G" + bytes(191)) * 3, ENOUGH_BYTES),
        (b"\xff\xf1P\x80", ENOUGH_BYTES),
        (b"ID3\x04", None),
        (b"\xff\xfb\x90d", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"\x00\x00\x01\xba", None),
        (FTYP + MOOV + box(b"mdat"), len(FTYP + MOOV) + ENOUGH_BYTES),
        (FTYP + box(b"free", bytes(9)) + MOOV, len(FTYP + MOOV) + 17 + ENOUGH_BYTES),
        (FTYP + box(b"mdat", bytes(64)) + MOOV, None),
        (box(b"wide") + box(b"mdat", bytes(64)), None),
        (FTYP + box(b"moov", size=MAX_INDEX_BYTES + 1) + bytes(64), None),
        (FTYP + box(b"moov", size=7) + bytes(64), None),
        (FTYP + box(b"free", size=3) + bytes(64), None),
        (FTYP.replace(b"isom", b"heic", 1) + MOOV, None),
        (FTYP + box(b"moov", b"\x00\x00\x00\x0cchap\x00\x00\x00\x03" + bytes(99)), None),
        (FTYP + box(b"moov", b"\x00\x00\x00\x0ctmcd" + bytes(99)), None),
        (FTYP + box(b"moov", b"\x00\x00\x00\x0cencv" + bytes(99)), None),
    ],
)
def test_the_first_bytes_say_from_when_on_a_file_can_be_read(
    tmp_path: Path, head: bytes, expected: int | None
) -> None:
    assert needed(tmp_path / "film", head) == expected


def test_the_header_behind_a_large_box_is_awaited(tmp_path: Path) -> None:
    head = FTYP + box(b"free", size=1 << 20) + bytes(64)

    assert needed(tmp_path / "film", head) == len(FTYP) + (1 << 20) + 16


def test_an_index_is_awaited_before_it_is_searched(tmp_path: Path) -> None:
    head = FTYP + box(b"moov", b"\x00\x00\x00\x0ctmcd" + bytes(600))

    assert needed(tmp_path / "film", head[:520], 520) == len(head) + ENOUGH_BYTES
    assert needed(tmp_path / "film", head) is None


@given(st.binary(max_size=700), st.sampled_from([b"", FTYP, FTYP + b"\x00\x00\x00\x01free"]))
def test_no_bytes_break_the_look(content: bytes, before: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = needed(Path(folder) / "film", before + content)

    assert found is NEVER.needed or found >= ENOUGH_BYTES
