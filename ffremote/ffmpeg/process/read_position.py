"""Finds out how far a running process has read a file, through /proc."""

import os
from contextlib import suppress
from pathlib import Path


def read_offset(pid: int, file: Path) -> int | None:
    """Return the offset in bytes at which `pid` or one of its children reads `file`.

    Return None if it is unknown: without /proc, or before the file is open. The file is identified
    by its inode, because a confined process may have opened it under another name.
    """
    with suppress(OSError, ValueError):
        status = file.stat()
        for process in (pid, *_children(pid)):
            for descriptor in Path(f"/proc/{process}/fd").iterdir():
                with suppress(FileNotFoundError):  # closed since it was listed
                    if os.path.samestat(descriptor.stat(), status):
                        return _offset(process, descriptor.name)
    return None


def _children(pid: int) -> list[int]:
    """Return all descendants: bwrap runs FFmpeg as its grandchild."""
    try:
        words = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return []
    return [each for word in words for each in (int(word), *_children(int(word)))]


def _offset(pid: int, descriptor: str) -> int:
    text = Path(f"/proc/{pid}/fdinfo/{descriptor}").read_text("ascii")
    return int(text.split("pos:", 1)[1].split(None, 1)[0])
