"""The filter of system calls for FFmpeg, as a BPF program; pure.

A deny-list over what codecs never need: sockets, new processes, other processes, mounts, modes and
owners of files, kernel facilities. What a kernel newer than our table adds is denied as a whole.
Landlock guards the files; this closes what Landlock has no word for.
"""

import errno
import struct
from typing import Any

from .tables import table

OWN_PID = 0x7FFFFF01
"""Stands in the program for the pid of the process to confine; the launcher writes its own in."""

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000
_CONDITIONAL = ("tgkill", "prlimit64", "clone")

Instruction = tuple[int, int, int, int]


def program(machine: str) -> bytes | None:
    """Return the BPF program for a machine (`platform.machine()`), or None for one unknown."""
    known: dict[str, Any] | None = table("syscalls").get(machine)
    if known is None:
        return None
    numbers: dict[str, int] = known["numbers"]
    steps: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, known["audit"]),
        (_RETURN, 0, 0, _KILL),  # a foreign calling convention has other numbers
        (_LOAD, 0, 0, _NUMBER),
        *_above(_X32 if machine == "x86_64" else known["newest"], errno.EPERM),
        *_above(known["newest"], errno.ENOSYS),
    ]
    for name, number in numbers.items():
        if name not in _CONDITIONAL:
            # glibc falls back from clone3 to clone, whose flags a filter can read
            steps += _deny(number, errno.ENOSYS if name == "clone3" else errno.EPERM)
    steps += _only_on_itself(numbers)
    steps += _only_threads(numbers["clone"])
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _above(highest: int, error: int) -> list[Instruction]:
    return [(_AT_LEAST, 0, 1, highest + 1), (_RETURN, 0, 0, _ERRNO | error)]


def _deny(number: int, error: int) -> list[Instruction]:
    return [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERRNO | error)]


def _only_on_itself(numbers: dict[str, int]) -> list[Instruction]:
    """tgkill and prlimit64 with one's own pid (or 0), which execve keeps."""
    refuse, allow = (_RETURN, 0, 0, _ERRNO | errno.EPERM), (_RETURN, 0, 0, _ALLOW)
    return [
        (_EQUAL, 0, 4, numbers["tgkill"]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 1, 0, OWN_PID),
        refuse,
        allow,
        (_EQUAL, 0, 5, numbers["prlimit64"]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_EQUAL, 2, 0, 0),
        (_EQUAL, 1, 0, OWN_PID),
        refuse,
        allow,
    ]


def _only_threads(clone: int) -> list[Instruction]:
    return [
        (_EQUAL, 0, 4, clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_BITS, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
