"""Parts of a file in a sparse file, and what of the rest was read."""

import os
import subprocess
from pathlib import Path

import pytest

from ffremote.files import read_watch
from ffremote.files.read_watch import ReadWatch
from ffremote.files.sparse_file import lay_out

UNIT = 1 << 16
SIZE = 3 << 30
PARTS = [(0, UNIT), (SIZE - UNIT, UNIT)]
HOLES = [(UNIT, SIZE - 2 * UNIT)]
BODY = os.urandom(2 * UNIT)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A file of 3 GiB with two parts."""
    if not read_watch.works_in(tmp_path):
        pytest.skip("this file system does not tell what was read; set TMPDIR to one that does")
    (tmp_path / "upload").write_bytes(BODY)
    assert lay_out(tmp_path / "upload", tmp_path / "whole", PARTS, size=SIZE)
    return tmp_path / "whole"


def read(path: Path, offset: int, length: int) -> bytes:
    """Read in another process, as FFmpeg does."""
    argv = ["dd", f"if={path}", "iflag=skip_bytes,count_bytes", f"skip={offset}", f"count={length}"]
    return subprocess.run([*argv, "bs=32k", "status=none"], check=True, capture_output=True).stdout


def test_the_parts_are_at_their_places_and_the_rest_takes_no_space(whole: Path) -> None:
    assert whole.stat().st_size == SIZE
    assert whole.stat().st_blocks * 512 < 1 << 20
    assert read(whole, 0, UNIT) + read(whole, SIZE - UNIT, UNIT) == BODY
    assert read(whole, UNIT, UNIT) == bytes(UNIT)


def test_reads_of_the_parts_are_none_of_the_rest(whole: Path) -> None:
    with ReadWatch(whole, HOLES) as watch:
        read(whole, SIZE - UNIT, UNIT)

        assert (watch.can_tell, watch.read_ranges()) == (True, [])


@pytest.mark.parametrize("offset", [UNIT, 1_234_567_890, SIZE - UNIT - 1])
def test_every_byte_that_was_read_of_the_rest_is_told(whole: Path, offset: int) -> None:
    with ReadWatch(whole, HOLES) as watch:
        read(whole, offset, 1)

        found = watch.read_ranges()

    assert found is not None
    assert any(begin <= offset < begin + length for begin, length in found)


def test_nothing_is_told_once_pages_were_dropped(whole: Path) -> None:
    with ReadWatch(whole, HOLES) as watch, whole.open("rb") as file:
        read(whole, 1 << 30, UNIT)
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

        assert watch.read_ranges() is None


def test_without_holes_there_is_nothing_to_watch(whole: Path) -> None:
    with ReadWatch(whole, []) as watch:
        assert (watch.can_tell, watch.read_ranges()) == (True, [])


def test_a_file_system_in_memory_tells_nothing() -> None:
    memory = Path("/dev/shm")
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        pytest.skip("needs a writable /dev/shm")

    assert not read_watch.works_in(memory)


def test_an_upload_of_another_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(BODY[1:])

    with pytest.raises(ValueError, match="131071 bytes"):
        lay_out(tmp_path / "upload", tmp_path / "whole", PARTS, size=SIZE)

    assert not (tmp_path / "whole").exists()
