"""A growing file is written back to the disk while it grows."""

import os
import sys
from pathlib import Path

import pytest

from ffremote.api.ingest import writeback
from ffremote.api.ingest.writeback import STEP_BYTES, Writeback


def test_each_byte_range_is_requested_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def spy(_descriptor: int, start: int, count: int, _flags: int) -> None:
        asked.append((start, count))

    monkeypatch.setattr(writeback, "_sync_file_range", spy)
    follower = Writeback(0, 100)
    for end in (200, STEP_BYTES + 100, STEP_BYTES + 101, 3 * STEP_BYTES):
        follower.advance_to(end)
    assert asked == [(100, STEP_BYTES), (STEP_BYTES + 100, 2 * STEP_BYTES - 100)]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has sync_file_range")
def test_the_kernel_accepts_the_call(tmp_path: Path) -> None:
    with (tmp_path / "film").open("wb", buffering=0) as file:
        file.write(bytes(STEP_BYTES))
        begun = writeback._sync_file_range(file.fileno(), 0, STEP_BYTES, writeback._WRITE)
        assert begun == 0
        read_end, write_end = os.pipe()
        refused = writeback._sync_file_range(write_end, 0, STEP_BYTES, writeback._WRITE)
        os.close(read_end)
        os.close(write_end)
    assert refused == -1  # so a success means something
