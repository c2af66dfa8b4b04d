"""The archive of a sequence: an ustar that is made while it is read, from any offset."""

import io
import os
import tarfile
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest

from ffremote_cli.client.sequence.archive import BLOCK, SequenceArchive
from ffremote_cli.client.sequence.notation import PicturePattern
from ffremote_cli.client.sequence.pictures import Picture, open_sequence
from ffremote_cli.errors import LocalFileProblem

SIZES = (1, BLOCK - 1, BLOCK, BLOCK + 1, 5000)


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Picture, ...]:
    """Pictures whose sizes are around that of a block."""
    for number, size in enumerate(SIZES):
        (tmp_path / f"img{number:03}.png").write_bytes(bytes([65 + number]) * size)
    return open_sequence(PicturePattern(f"{tmp_path}/img%03d.png"))


def content_of(archive: SequenceArchive, *, start: int = 0, block: int = 1 << 16) -> bytes:
    with closing(archive):
        archive.seek(start)
        return b"".join(iter(lambda: archive.read(block), b""))


def open_files() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


def test_tar_reads_regular_files_in_their_order(pictures: tuple[Picture, ...]) -> None:
    archive = SequenceArchive(pictures)

    content = content_of(archive)

    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as read:
        members = read.getmembers()
        stored = [read.extractfile(member).read() for member in members]  # type: ignore[union-attr]
    assert len(content) == archive.size
    assert [member.name for member in members] == [f"00000{number}.png" for number in range(5)]
    assert stored == [picture.path.read_bytes() for picture in pictures]
    assert {member.type for member in members} == {tarfile.REGTYPE}
    assert {(it.mode, it.uid, it.gid, it.mtime, it.uname) for it in members} == {
        (0o644, 0, 0, 0, "")
    }


def test_every_offset_continues_the_same_bytes(pictures: tuple[Picture, ...]) -> None:
    archive = SequenceArchive(pictures)
    content = content_of(archive)

    for start in range(0, archive.size + 1, 127):
        assert content_of(archive, start=start, block=1000) == content[start:]


def test_the_same_pictures_give_the_same_bytes_again(
    pictures: tuple[Picture, ...], tmp_path: Path
) -> None:
    again = SequenceArchive(open_sequence(PicturePattern(f"{tmp_path}/img%03d.png")))

    assert content_of(again) == content_of(SequenceArchive(pictures))
    assert again.digest == SequenceArchive(pictures).digest


def test_a_picture_that_was_written_again_changes_the_digest(
    pictures: tuple[Picture, ...], tmp_path: Path
) -> None:
    os.utime(pictures[2].path, ns=(0, 0))

    changed = SequenceArchive(open_sequence(PicturePattern(f"{tmp_path}/img%03d.png")))

    assert changed.digest != SequenceArchive(pictures).digest


@pytest.mark.parametrize("change", ["shorter", "other", "gone"])
def test_a_picture_that_changes_during_the_upload_is_an_error(
    pictures: tuple[Picture, ...], change: str
) -> None:
    archive = SequenceArchive(pictures)
    path = pictures[3].path
    if change == "gone":
        path.unlink()
    else:
        path.write_bytes(b"x" * (BLOCK + (1 if change == "other" else 0)))
        os.utime(path, ns=(0, 0))

    with pytest.raises(LocalFileProblem, match=r"img003\.png"):
        content_of(archive)


def test_memory_and_open_files_do_not_grow_with_the_sequence(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.png").write_bytes(bytes(1 << 20))
    archive = SequenceArchive(open_sequence(PicturePattern(f"{tmp_path}/%d.png")))
    before, most = open_files(), 0

    tracemalloc.start()
    with closing(archive):
        while archive.read(1 << 16):
            most = max(most, open_files() - before)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1 << 20
    assert (most, open_files() - before) == (1, 0)
