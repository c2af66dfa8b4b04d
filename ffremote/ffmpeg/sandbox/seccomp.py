"""Builds the system-call filter for FFmpeg, as a BPF program; pure.

A deny-list of what codecs never need: sockets, new processes, other processes, mounts, modes and
owners of files, kernel facilities. All calls that are newer than the table are denied. Landlock
protects the files; the filter covers what Landlock cannot express, and what it supports only in
newer versions: truncating (version 3), signals to other processes (version 6). The table also lists
the calls that the tested FFmpeg builds make; with `log_unlisted` the kernel logs every other one.
"""

import errno
import struct
from collections.abc import Sequence
from typing import Any

from ..policy.tables import table

OWN_PID = 0x7FFFFF01
"""Placeholder for the PID of the confined process; the launcher replaces it with its own."""

_ALLOW = 0x7FFF0000
_LOG = 0x7FFC0000
_KILL = 0x80000000
_ERRNO = 0x00050000
_LOAD, _AND, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000
_CONDITIONAL = ("tgkill", "prlimit64", "clone", "open", "openat", "fcntl", "ioctl", "prctl")
_ABSENT = ("clone3", "openat2")  # glibc falls back to calls whose flags a filter can read
_O_RDONLY, _O_ACCMODE, _O_TRUNC, _O_ASYNC = 0, 3, 0x200, 0x2000
_F_SETFL = 4
_AF_UNIX, _SOCK_SEQPACKET, _SOCKET_TYPE = 1, 5, 0xF
# receiver and number of a file's signals; leases and change notifications, which are signals, too
_FCNTL = {"F_SETOWN": 8, "F_SETSIG": 10, "F_SETOWN_EX": 15, "F_SETLEASE": 1024, "F_NOTIFY": 1026}
# the same by ioctl, and input injection into a terminal
_IOCTL = {"FIOASYNC": 0x5452, "FIOSETOWN": 0x8901, "SIOCSPGRP": 0x8902}
_IOCTL |= {"TIOCSTI": 0x5412, "TIOCLINUX": 0x541C}
# detaching from the parent, access by other processes, changes of privileges
_PRCTL = {"PR_SET_PDEATHSIG": 1, "PR_SET_DUMPABLE": 4, "PR_SET_KEEPCAPS": 8}
_PRCTL |= {"PR_SET_SECUREBITS": 28, "PR_SET_MM": 35, "PR_CAP_AMBIENT": 47, "PR_SCHED_CORE": 62}
_PRCTL |= {"PR_SET_PTRACER": 0x59616D61}

Instruction = tuple[int, int, int, int]
_PASS: Instruction = (_RETURN, 0, 0, _ALLOW)
_REFUSE: Instruction = (_RETURN, 0, 0, _ERRNO | errno.EPERM)


def program(machine: str, *, log_unlisted: bool = False, devices: bool = False) -> bytes | None:
    """Return the BPF program for a machine (`platform.machine()`); None if it is unknown.

    With `devices` it allows what the drivers of graphics cards need in addition.
    """
    known: dict[str, Any] | None = table("syscalls").get(machine)
    if known is None:
        return None
    numbers: dict[str, int] = known["numbers"]
    steps: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, known["audit"]),
        (_RETURN, 0, 0, _KILL),  # another calling convention has other numbers
        (_LOAD, 0, 0, _NUMBER),
        *_above(_X32 if machine == "x86_64" else known["newest"], errno.EPERM),
        *_above(known["newest"], errno.ENOSYS),
    ]
    for name, checks in (_for_drivers() if devices else {}).items():
        steps += _on(numbers[name], checks)
    for name, number in denied_calls(machine).items():
        steps += _on(number, [(_RETURN, 0, 0, _ERRNO | _error(name))])
    for name, checks in _conditions().items():
        if name in numbers:
            steps += _on(numbers[name], checks)
    if log_unlisted and "used" in known:
        for number in known["used"].values():
            steps += _on(number, [_PASS])
        steps.append((_RETURN, 0, 0, _LOG))
    else:
        steps.append(_PASS)
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def has_program(machine: str) -> bool:
    """Whether the table has the machine."""
    return machine in table("syscalls")


def denied_calls(machine: str) -> dict[str, int]:
    """Return the numbers of the calls that are refused with any arguments."""
    known = table("syscalls")[machine]["numbers"]
    return {name: number for name, number in known.items() if name not in _CONDITIONAL}


def calls_to_try(machine: str) -> dict[str, int]:
    """Return the numbers that a test of the filter needs; only `tgkill` for an unknown machine."""
    if not has_program(machine):
        return {"tgkill": -1}
    return denied_calls(machine) | {"tgkill": table("syscalls")[machine]["numbers"]["tgkill"]}


def _error(name: str) -> int:
    return errno.ENOSYS if name in _ABSENT else errno.EPERM


def _above(highest: int, error: int) -> list[Instruction]:
    return [(_AT_LEAST, 0, 1, highest + 1), (_RETURN, 0, 0, _ERRNO | error)]


def _on(number: int, steps: Sequence[Instruction]) -> list[Instruction]:
    """Return the steps for one call; every path through `steps` must end in a return."""
    return [(_EQUAL, 0, len(steps), number), *steps]


def _argument(place: int, *, high: bool = False) -> Instruction:
    # both architectures of the table are little-endian
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * place + (4 if high else 0))


def _none_of(values: Sequence[int]) -> list[Instruction]:
    """Return the steps that refuse a loaded value in `values`, and continue otherwise."""
    return [step for value in values for step in ((_EQUAL, 0, 1, value), _REFUSE)]


def _conditions() -> dict[str, list[Instruction]]:
    """Return the checks of arguments: own signals and limits, threads, opening of files."""
    is_own = [(_EQUAL, 1, 0, OWN_PID), _REFUSE]
    return {
        "tgkill": [_argument(0), *is_own, _PASS],
        # a process may read its own limits, not set them: root could raise them
        "prlimit64": [
            *(_argument(0), (_EQUAL, 2, 0, 0), *is_own),
            *(_argument(2), (_EQUAL, 1, 0, 0), _REFUSE),
            *(_argument(2, high=True), (_EQUAL, 1, 0, 0), _REFUSE),
            _PASS,
        ],
        "clone": [_argument(0), (_BITS, 1, 0, _CLONE_THREAD), _REFUSE, _PASS],
        "open": _opening(_argument(1)),
        "openat": _opening(_argument(2)),
        "fcntl": [
            *(_argument(1), *_none_of(list(_FCNTL.values()))),
            *((_EQUAL, 1, 0, _F_SETFL), _PASS),
            *(_argument(2), (_BITS, 0, 1, _O_ASYNC), _REFUSE, _PASS),
        ],
        "ioctl": [_argument(1), *_none_of(list(_IOCTL.values())), _PASS],
        "prctl": [_argument(0), *_none_of(list(_PRCTL.values())), _PASS],
    }


def _for_drivers() -> dict[str, list[Instruction]]:
    """Return the checks of what CUDA needs: a local socket with a name of its own.

    CUDA makes one to pass memory to other processes, and does not start without it. No call that
    connects, accepts or sends is allowed.
    """
    return {
        "socket": [
            *(_argument(0), (_EQUAL, 1, 0, _AF_UNIX), _REFUSE),
            *(_argument(1), (_AND, 0, 0, _SOCKET_TYPE), (_EQUAL, 1, 0, _SOCK_SEQPACKET), _REFUSE),
            _PASS,
        ],
        "bind": [_PASS],
        "listen": [_PASS],
    }


def _opening(flags: Instruction) -> list[Instruction]:
    """Return the checks of open flags: no access mode 3, no truncation of a read-only file.

    Before version 3, Landlock lets a read-only file be truncated.
    """
    mode = [flags, (_AND, 0, 0, _O_ACCMODE)]
    return [
        *(*mode, (_EQUAL, 0, 1, _O_ACCMODE), _REFUSE),
        *(flags, (_BITS, 1, 0, _O_TRUNC), _PASS),
        *(*mode, (_EQUAL, 0, 1, _O_RDONLY), _REFUSE, _PASS),
    ]
