"""Starts one program confined; run as `python -I -S launcher.py OPTIONS -- PROGRAM ARGUMENTS`.

Standard library only and nothing imported that is not needed: it runs before every FFmpeg. It sets
the limits that a process inherits and then becomes the program, with the same PID.
"""

import ctypes
import os
import resource
import signal
import sys

FAILED = 120  # the exit status that says "could not confine", which FFmpeg never uses
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
LIMITS = {
    "--memory": resource.RLIMIT_AS,
    "--file-size": resource.RLIMIT_FSIZE,
}


def main(arguments: list[str]) -> None:
    """Apply the options before `--`, then become the program after it."""
    split = arguments.index("--")
    options, program = arguments[:split], arguments[split + 1 :]
    values = dict(zip(options[::2], options[1::2], strict=True))
    _die_with(int(values.pop("--parent")))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for option, value in values.items():
        _lower(LIMITS[option], int(value))
    os.execve(program[0], program, dict(os.environ))


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked to die with it
        os._exit(FAILED)


def _lower(kind: int, value: int) -> None:
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main(sys.argv[1:])
