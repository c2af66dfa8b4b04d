"""An MP4 whose index is last is sent with the index first: the same bytes, in a fixed order."""

import io
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffremote.ffmpeg import Binaries
from ffremote.files.arriving.layout import layout_of
from ffremote_cli.client.index_first.boxes import NotFit
from ffremote_cli.client.index_first.jobs import may_reorder
from ffremote_cli.client.index_first.reordered import Reordered
from tests.support.arriving import make_film
from tests.support.matrices import sampled

H264 = ("-c:v", "libx264", "-preset", "ultrafast")
FILMS = [
    ("film.mp4", *H264, "-c:a", "aac"),
    ("intra.mov", "-c:v", "mjpeg", "-c:a", "pcm_s16le"),
    ("prores.mov", "-c:v", "prores_ks", "-c:a", "pcm_s24le"),
    ("b-frames.mp4", "-c:v", "libx264", "-bf", "3", "-c:a", "aac"),
    ("film.3gp", "-c:v", "mpeg4", "-c:a", "aac"),
    ("sound.m4a", "-vn", "-c:a", "aac"),
    ("alac.m4a", "-vn", "-c:a", "alac"),
    ("hevc.mp4", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=0"),
    (
        "edited.mp4",
        *H264,
        "-c:a",
        "aac",
        "-output_ts_offset",
        "3",
        "-movflags",
        "use_metadata_tags",
    ),
    ("raw.mov", "-c:v", "rawvideo", "-pix_fmt", "yuyv422", "-c:a", "pcm_s16le"),
]


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def film(*offsets: int, media: bytes = b"0123456789", wide: bool = False) -> bytes:
    """Return the smallest MP4 with its index last and chunks at these places of the media."""
    places = [8 + 8 + 8 + offset for offset in offsets]  # ftyp is a box of 16 bytes
    size, kind = (8, b"co64") if wide else (4, b"stco")
    entries = b"".join(place.to_bytes(size, "big") for place in places)
    index = box(kind, bytes(4) + len(places).to_bytes(4, "big") + entries)
    for parent in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        index = box(parent, index)
    return box(b"ftyp", b"isom\0\0\0\0") + box(b"mdat", media) + index


def read(content: bytes, step: int = 7) -> bytes:
    reordered = Reordered(io.BytesIO(content), len(content))
    made = b""
    while block := reordered.read(step):
        made += block
    return made


@pytest.mark.parametrize("wide", [False, True])
def test_the_index_comes_first_and_names_the_new_places(wide: bool) -> None:
    content = film(0, 4, wide=wide)
    index = content[content.index(b"moov") - 4 :]

    made = read(content)

    assert len(made) == len(content)
    assert made[:16] == content[:16]
    assert made[20:24] == b"moov"
    assert made.endswith(box(b"mdat", b"0123456789"))
    size = 8 if wide else 4
    for number, chunk in enumerate((b"0123", b"4567")):
        at = made.index(b"co64" if wide else b"stco") + 12 + number * size
        place = int.from_bytes(made[at : at + size], "big")
        assert made[place : place + 4] == chunk
    assert len(index) == made.index(b"mdat") - 4 - 16


@pytest.mark.parametrize("options", sampled([(each,) for each in FILMS], 0))
def test_ffmpeg_reads_the_same_from_a_pipe_as_from_the_file(
    build: Binaries, tmp_path: Path, options: tuple[str, ...]
) -> None:
    name, *words = options
    path = make_film(build, tmp_path / name, *words, seconds=1)
    made = read(path.read_bytes(), 1 << 16)
    (tmp_path / "sent").write_bytes(made)

    def listed(source: str, content: bytes | None) -> bytes:
        argv = [str(build.ffmpeg), "-v", "error", "-xerror", "-i", source]
        argv += ["-map", "0", "-f", "framemd5", "-"]
        return subprocess.run(argv, input=content, capture_output=True, check=True).stdout

    assert listed("pipe:0", made) == listed(str(path), None)
    with (tmp_path / "sent").open("rb") as file:
        assert layout_of(file.fileno(), len(made)).needed is not None


def test_any_piece_is_the_same_whenever_it_is_read(binaries: Binaries, tmp_path: Path) -> None:
    path = make_film(binaries, tmp_path / "film.mp4", *H264, "-c:a", "aac", seconds=1)
    content = path.read_bytes()
    whole, numbers = read(content, 1 << 20), random.Random(1)

    with path.open("rb") as file:
        reordered = Reordered(file, len(content))
        for _ in range(200):
            start = numbers.randrange(len(content))
            reordered.seek(start)
            block = reordered.read(numbers.randrange(1, 100_000))
            assert block == whole[start : start + len(block)] != b""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "one index"),
        (b"\x1aE\xdf\xa3" + bytes(90), "does not fit"),
        (film(4, 0), "order of time"),
        (film(10), "outside of mdat"),
        (film(1 << 20), "outside of mdat"),
        (film(0)[:-9], "does not fit"),
        (film(0) + box(b"moov"), "one index"),
        (film(0) + box(b"moof"), "fragmented"),
        (film(0) + box(b"meta", b"iloc\1\0\0\0"), "pictures"),
        (film(0).replace(b"stco\0\0\0\0\0\0\0\1", b"stco\0\0\0\0\0\0\0\2"), "larger than its box"),
        (film(0).replace(b"trak", b"cmov"), "compressed"),
        (film(0).replace(b"stbl", b"chap"), "chapters"),
        (film(0).replace(b"minf", b"stbl"), "wrong place"),
        (box(b"ftyp", b"isom\0\0\0\0") + film(0)[34:] + box(b"mdat", b"01"), "first already"),
    ],
)
def test_a_file_that_a_pipe_could_not_be_read_from_is_sent_as_it_is(
    content: bytes, reason: str
) -> None:
    with pytest.raises(NotFit, match=reason):
        read(content)


def test_an_offset_that_would_pass_4_gib_is_refused() -> None:
    head = box(b"ftyp", b"isom\0\0\0\0")
    tail = film(0, 4)[34:].replace((28).to_bytes(4, "big"), (0xFFFFFFF0).to_bytes(4, "big"))
    media = (0xFFFFFFFF - 16).to_bytes(4, "big") + b"mdat"
    size = 0xFFFFFFFF + len(tail)

    class Sparse:
        """A file whose media is a hole."""

        position = 0

        def seek(self, offset: int, /) -> int:
            self.position = offset
            return offset

        def read(self, length: int, /) -> bytes:
            parts = ((0, head + media), (0xFFFFFFFF, tail))
            at = self.position
            for start, content in parts:
                if start <= at < start + len(content):
                    found = content[at - start : at - start + length]
                    return found.ljust(min(length, size - at), b"\0")
            return bytes(length)

    with pytest.raises(NotFit, match="4 GiB"):
        Reordered(Sparse(), size)


@given(st.data())
def test_damage_makes_a_refusal_or_a_stable_order(data: st.DataObject) -> None:
    content = bytearray(film(0, 4, 8) + box(b"free", b"1234") + bytes(3))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]

    try:
        made = read(bytes(content), 5)
    except NotFit:
        return

    assert len(made) == len(content)
    assert made == read(bytes(content), 64)


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        ({}, True),
        ({"video": {"codec": "copy"}, "input": {"rotate": "keep"}}, True),
        ({"inputs": [{}]}, True),
        ({"overlap": "off"}, False),
        ({"probe": True}, False),
        ({"inputs": [{}, {}]}, False),
        ({"input": {"start": 3}}, False),
        ({"thumbnail": {}}, False),
    ],
)
def test_the_order_is_changed_only_for_jobs_that_may_gain(
    job: dict[str, object], expected: bool
) -> None:
    assert may_reorder(job) is expected
