"""Watches how many files and bytes a job with several files has written, at each tick."""

import os
from contextlib import suppress
from pathlib import Path

from ffremote.states import FailureReason

from ..model.failure import refuse
from ..model.limits import Limits
from .produced import refuse_too_much


class OutputWatch:
    """Adds up all that is in the attempt's directory: the kernel limits only the size of each file.

    `size_limit` is what the disk had free for the result when the pass began.
    """

    def __init__(self, directory: Path, limits: Limits, size_limit: int) -> None:
        self._directory = directory
        self._limits = limits
        self._size_limit = size_limit

    def check(self) -> None:
        """Raise TranscodeError when there are too many files, or too many bytes in all."""
        files, size = self._measure()
        refuse_too_much(files, size, self._limits)
        if size > self._size_limit:
            raise refuse(
                FailureReason.DISK_FULL,
                "The result does not fit into the free space that the server may use.",
                "Try again later, or tell the operator.",
            )

    def _measure(self) -> tuple[int, int]:
        """Return the number of files and their size; stop counting above the limit."""
        files = size = 0
        folders = [str(self._directory)]
        for folder in folders:  # it grows while we walk
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    files += 1
                    if files > self._limits.max_files + len(folders):
                        return files, size
                    with suppress(OSError):  # removed since it was listed
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(entry.path)
                        else:
                            size += entry.stat(follow_symlinks=False).st_size
        return files - len(folders) + 1, size
