"""The local ffmpeg, as a fallback if the server cannot be reached."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ..errors import LocalFileProblem


def exec_local_ffmpeg(arguments: Sequence[str]) -> NoReturn:
    """Replace this process by the local ffmpeg with the same arguments."""
    program = find_local_ffmpeg()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(program, [program, *arguments])


def find_local_ffmpeg() -> str:
    """Return the first ffmpeg on the PATH that is not a symlink to ffremote.

    Raise LocalFileProblem if there is none.
    """
    ffremote = Path(sys.argv[0]).resolve()
    for folder in os.get_exec_path():
        found = shutil.which("ffmpeg", path=folder)
        if found is not None and Path(found).resolve() != ffremote:
            return found
    raise LocalFileProblem("the server cannot be reached, and there is no local ffmpeg on the PATH")
