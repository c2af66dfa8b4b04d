"""The inputs of a job: what is known of them, where its FFmpeg reads them, one that is lost."""

import errno
import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeptInput:
    """A whole upload: its size, its sha256, and how its row names its file, as `object_of`."""

    upload_id: str
    bytes: int
    sha256: str
    object: str | None


class InputLost(FileNotFoundError):
    """The depot does not have an input of a job, which the rows say is complete.

    `field` is its field of the job. `is_certain` is false where another host may have the file.
    """

    def __init__(self, field: str, *, is_certain: bool) -> None:
        super().__init__(errno.ENOENT, os.strerror(errno.ENOENT))
        self.field = field
        self.is_certain = is_certain


def input_names(inputs: int) -> tuple[str, ...]:
    """Return the paths of a job's inputs, relative to its directory.

    Several are each alone in a directory, so that none can name another as its neighbour.
    """
    if inputs == 1:
        return ("input",)
    return tuple(f"inputs/{number}/input" for number in range(inputs))
