"""Which parts of a file are sent to describe it, and how they are read."""

import io
import struct
from pathlib import Path

import pytest

from ffremote_cli.client.excerpt.boxes import index_ranges
from ffremote_cli.client.excerpt.parts import LEAST_SIZE, MAX_PARTS, Excerpt, first_excerpt
from ffremote_cli.client.excerpt.reading import PartsOfFile

MIB, UNIT = 1 << 20, 1 << 16
SIZE = 1000 * MIB


def box(name: bytes, length: int, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", length, name) + body


def sparse(path: Path, size: int, pieces: dict[int, bytes]) -> Path:
    with path.open("wb") as file:
        for offset, data in pieces.items():
            file.seek(offset)
            file.write(data)
        file.truncate(size)
    return path


def covers(excerpt: Excerpt | None, offset: int, length: int) -> bool:
    assert excerpt is not None
    return any(at <= offset and offset + length <= at + n for at, n in excerpt.parts)


def test_small_files_pictures_and_missing_ones_have_no_excerpt(tmp_path: Path) -> None:
    assert first_excerpt(sparse(tmp_path / "a", LEAST_SIZE - 1, {})) is None
    assert first_excerpt(sparse(tmp_path / "b", SIZE, {0: b"\x89PNG\r\n"})) is None
    assert first_excerpt(tmp_path / "missing") is None


def test_any_file_has_its_beginning_and_its_end(tmp_path: Path) -> None:
    found = first_excerpt(sparse(tmp_path / "a.mkv", SIZE + 17, {0: b"\x1aE\xdf\xa3"}))

    assert found is not None
    assert covers(found, 0, 2 * MIB) and covers(found, SIZE + 17 - MIB, MIB)
    assert found.bytes < 4 * MIB
    assert all(
        at % UNIT == 0 and ((at + n) % UNIT == 0 or at + n == found.size) for at, n in found.parts
    )


@pytest.mark.parametrize("start", [b"\0\0\1\xba", b"\0\0\0\1\x67", b"G" + bytes(187) + b"G"])
def test_streams_without_a_header_have_a_long_beginning(tmp_path: Path, start: bytes) -> None:
    assert covers(first_excerpt(sparse(tmp_path / "a", SIZE, {0: start})), 0, 128 * MIB)
    assert first_excerpt(sparse(tmp_path / "b", 200 * MIB, {0: start})) is None


def test_the_index_of_mp4_is_found_wherever_it_is(tmp_path: Path) -> None:
    media = 600 * MIB
    pieces = {
        0: box(b"ftyp", 32),
        32: box(b"mdat", media),
        32 + media: box(b"moov", 20 * MIB),
        32 + media + 20 * MIB: box(b"free", 0),
    }

    found = first_excerpt(sparse(tmp_path / "a.mp4", SIZE, pieces))

    assert covers(found, 32 + media, 20 * MIB)
    assert found is not None and found.bytes < 26 * MIB


def test_media_data_behind_a_long_index_is_sent_too(tmp_path: Path) -> None:
    pieces = {0: box(b"ftyp", 32), 32: box(b"moov", 30 * MIB)}
    pieces[32 + 30 * MIB] = box(b"mdat", 1, struct.pack(">Q", 900 * MIB))

    found = first_excerpt(sparse(tmp_path / "a.mp4", SIZE, pieces))

    assert covers(found, 32, 32 * MIB)


def test_fragments_need_an_index() -> None:
    head, fragment = box(b"ftyp", 8), box(b"moof", 8) + box(b"mdat", 8)

    assert index_ranges(io.BytesIO(head + 9 * fragment), 200) is None
    indexed = head + box(b"sidx", 8) + 9 * fragment
    assert index_ranges(io.BytesIO(indexed), len(indexed)) is not None


@pytest.mark.parametrize(
    "hostile",
    [
        *(b"", b"\0\0\0", box(b"ftyp", 7), box(b"moov", 2), box(b"moov", 0xFFFFFFFF)),
        *(box(b"mdat", 1, struct.pack(">Q", 2**64 - 1)), box(b"mdat", 1), box(b"wide", 8) * 5000),
    ],
)
def test_wrong_boxes_end_the_search(hostile: bytes) -> None:
    found = index_ranges(io.BytesIO(hostile), max(1, len(hostile)))

    assert found is not None and len(found) < 30
    assert all(0 <= at <= len(hostile) for at, _ in found)


def test_missing_ranges_are_added_until_the_whole_is_better(tmp_path: Path) -> None:
    found = first_excerpt(sparse(tmp_path / "a", SIZE, {}))
    assert found is not None

    larger = found.with_missing([(500 * MIB, 400 * MIB)], 2 * MIB)

    assert covers(larger, 500 * MIB, 2 * MIB)
    assert larger is not None and larger.bytes < found.bytes + 3 * MIB
    assert found.with_missing([(200 * MIB, 400 * MIB)], SIZE) is None
    scattered = [(at * 10 * MIB, 1) for at in range(1, MAX_PARTS + 2)]
    assert found.with_missing(scattered, MIB) is None
    assert found.with_missing([(-UNIT, UNIT), (SIZE, UNIT), (2**64, 1), (0, 0)], MIB) is None


def test_parts_are_read_one_after_the_other() -> None:
    parts = PartsOfFile(io.BytesIO(bytes(range(100))), [(0, 10), (50, 5), (90, 10)])

    assert b"".join(iter(lambda: parts.read(4), b"")) == bytes(
        [*range(10), *range(50, 55), *range(90, 100)]
    )
    parts.seek(12)
    assert parts.read(100) == bytes([52, 53, 54])
