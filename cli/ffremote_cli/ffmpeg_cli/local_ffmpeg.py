"""The ffmpeg of this machine, for when no server answers."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ..errors import LocalFileProblem


def run_instead(words: Sequence[str]) -> NoReturn:
    """Become the local ffmpeg with the same words."""
    program = find()
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(program, [program, *words])


def find() -> str:
    """The first ffmpeg on the PATH that is not ourselves under its name."""
    ours = Path(sys.argv[0]).resolve()
    for folder in os.get_exec_path():
        found = shutil.which("ffmpeg", path=folder)
        if found is not None and Path(found).resolve() != ours:
            return found
    raise LocalFileProblem("no server answers, and there is no ffmpeg on this machine's PATH")
