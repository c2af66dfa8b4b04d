"""Finds out how far a running process has read a file, through /proc."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReadPosition:
    """Where a process reads a file, and how many bytes it has read of all files and pipes.

    The offset may be anywhere while the index of the file is read; the bytes only grow. They are
    None if the kernel does not show them.
    """

    offset: int
    read_bytes: int | None


def read_position(pid: int, file: Path) -> ReadPosition | None:
    """Return the position at which `pid` or one of its children reads `file`.

    Return None if it is unknown: without /proc, or before the file is open. The file is identified
    by its inode, because a confined process may have opened it under another name.
    """
    with suppress(OSError, ValueError):
        status = file.stat()
        for process in (pid, *_children(pid)):
            for descriptor in Path(f"/proc/{process}/fd").iterdir():
                with suppress(FileNotFoundError):  # closed since it was listed
                    if os.path.samestat(descriptor.stat(), status):
                        offset = _offset(process, descriptor.name)
                        return ReadPosition(offset, _read_bytes(process))
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


def _read_bytes(process: int) -> int | None:
    with suppress(OSError, ValueError, IndexError):  # hidden, or not counted by this kernel
        text = Path(f"/proc/{process}/io").read_text("ascii")
        return int(text.split("rchar:", 1)[1].split(None, 1)[0])
    return None
