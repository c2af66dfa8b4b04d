"""Operations on files and directories: sync, replacement, removal of a tree, link or copy."""

import errno
import os
import shutil
from pathlib import Path

REMOVE_ATTEMPTS = 8  # a concurrent removal of the same tree interrupts an attempt


def sync(path: Path) -> None:
    """Sync a file's bytes, or a directory's entries, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_text(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write a partial file beside `path` and rename it, so that each reader finds a whole one."""
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.unlink(missing_ok=True)  # of an earlier process, with any mode
    partial.touch(mode=mode)
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def remove_tree(path: Path) -> None:
    """Remove a directory and its contents; a missing directory is no error.

    Raise OSError if something cannot be removed.
    """
    for _ in range(REMOVE_ATTEMPTS):
        try:
            shutil.rmtree(path)
        except FileNotFoundError:  # another process removes the same tree: continue with the rest
            if not path.exists():
                return
        else:
            return
    shutil.rmtree(path)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a hard link to `source`; copy the bytes where links are not possible."""
    try:
        os.link(source, target)
    except OSError as exc:
        if exc.errno not in (errno.EXDEV, errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK):
            raise
        # A file system without hard links: copy the bytes, which is slow but correct.
        shutil.copyfile(source, target)
