"""A lock on a directory: while a process holds it, no sweep removes it as an orphan.

Held from the arrival of a file until its row is stored. The kernel drops the lock when its process
ends, so after a crash the directory is not held.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .locks import is_same


@contextmanager
def holding(directory: Path) -> Iterator[None]:
    """Hold `directory`; wait for another holder. Raise FileNotFoundError when it is removed."""
    with _opened(directory) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if not is_same(descriptor, directory):
            raise FileNotFoundError(directory)
        yield


@contextmanager
def holding_if_free(directory: Path) -> Iterator[bool]:
    """Hold `directory` if no other process does; yield whether it is held and still exists."""
    with ExitStack() as stack:
        try:
            descriptor = stack.enter_context(_opened(directory))
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = is_same(descriptor, directory)
        except (BlockingIOError, FileNotFoundError, NotADirectoryError):
            held = False
        yield held


@contextmanager
def _opened(directory: Path) -> Iterator[int]:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
