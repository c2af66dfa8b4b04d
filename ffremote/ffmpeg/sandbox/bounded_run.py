"""Runs a program to its end within a time limit, and captures its output."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_KILLED = (-signal.SIGKILL, -signal.SIGTERM)


def run_bounded(
    command: Sequence[str], *, cwd: Path, environ: Mapping[str, str] | None, seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run `command` without stdin; None as `environ` inherits ours.

    Raises OSError if it cannot be started, subprocess.TimeoutExpired after `seconds`.
    """
    return subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=seconds,
        check=False,
    )


def was_killed(ended: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether the program was killed from outside, so that its end proves nothing."""
    return ended.returncode in _KILLED
