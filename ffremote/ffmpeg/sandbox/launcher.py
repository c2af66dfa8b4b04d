"""Starts one program confined; run as `python -I -S launcher.py OPTIONS -- PROGRAM ARGUMENTS`.

Standard library only, and as few imports as possible: it runs before every FFmpeg. It gives up
rights that a process and its descendants never regain, then executes the program with the same PID.
If a restriction cannot be applied, it exits with the status 120 before the program starts.
"""

import ctypes
import os
import resource
import sys

FAILED = 120  # the exit status for "could not confine", which FFmpeg never uses
OWN_PID = 0x7FFFFF01  # a placeholder in the program of seccomp.py
SIGKILL = 9  # importing signal would cost 4 ms
SIGPIPE, SIGXFSZ = 13, 25  # Python ignores these, and the program would inherit that
PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2

LIMITS = {
    "--memory": resource.RLIMIT_AS,
    "--file-size": resource.RLIMIT_FSIZE,
    "--open-files": resource.RLIMIT_NOFILE,
    "--processes": resource.RLIMIT_NPROC,
}

# the numbers of the Landlock calls are the same on every architecture
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_REG = 1 << 5, 1 << 8
ALL_OF_ABI_1 = (1 << 13) - 1
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
RIGHTS = {
    "--read": READ_FILE | READ_DIR,
    "--execute": READ_FILE | EXECUTE,
    "--device": READ_FILE | WRITE_FILE,
    "--hardware": READ_FILE | WRITE_FILE | IOCTL_DEV,
    "--rewrite": READ_FILE | WRITE_FILE | TRUNCATE,
    "--write": READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | MAKE_REG | REMOVE_FILE,
}

libc = ctypes.CDLL(None, use_errno=True)


class RulesetAttr(ctypes.Structure):
    """struct landlock_ruleset_attr; older kernels have only its first fields."""

    _fields_ = (
        ("filesystem", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class PathAttr(ctypes.Structure):
    """struct landlock_path_beneath_attr."""

    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


class FilterProgram(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def main(arguments: list[str]) -> None:
    """Apply the options before `--`, then execute the program after it."""
    split = arguments.index("--")
    options = list(zip(arguments[:split:2], arguments[1:split:2], strict=True))
    program = arguments[split + 1 :]
    values = dict(options)
    die_with(int(values["--parent"]))
    for number in (SIGPIPE, SIGXFSZ):
        libc.signal(number, None)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for option, kind in LIMITS.items():
        if option in values:
            lower(kind, int(values[option]))
    if "--landlock" in values:
        restrict_files([(RIGHTS[key], path) for key, path in options if key in RIGHTS])
    if "--seccomp" in values:
        restrict_calls(bytes.fromhex(values["--seccomp"]))
    os.execve(program[0], program, dict(os.environ))


def die_with(parent: int) -> None:
    """Request SIGKILL when the parent ends, and forbid new privileges."""
    if sys.platform == "linux":
        check(libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "parent-death signal")
        check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    if os.getppid() != parent:  # it ended before the request
        os._exit(FAILED)


def lower(kind: int, value: int) -> None:
    """Set a limit, at most to the present hard limit."""
    if sys.platform == "darwin" and kind == resource.RLIMIT_AS:
        return  # macOS refuses to lower it, and would not enforce it
    hard = resource.getrlimit(kind)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def landlock_abi() -> int:
    """Return the kernel's version of Landlock, 0 for none."""
    return max(0, int(libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)))


def restrict_files(rules: list[tuple[int, str]]) -> None:
    """Allow only these rights beneath these paths, and no TCP."""
    abi = landlock_abi()
    check(abi - 1, "Landlock")
    handled = ALL_OF_ABI_1
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        handled |= right if abi >= since else 0
    attr = RulesetAttr(handled, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = libc.syscall(LANDLOCK_CREATE, ctypes.byref(attr), ctypes.c_size_t(size), 0)
    check(ruleset, "Landlock rules")
    for allowed, path in rules:
        add_rule(ruleset, allowed & handled, path)
    check(libc.syscall(LANDLOCK_RESTRICT, ruleset, 0), "Landlock")
    os.close(ruleset)


def add_rule(ruleset: int, allowed: int, path: str) -> None:
    """Allow `allowed` beneath `path`; a path that does not exist needs no rule."""
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):  # noqa: PTH112 - pathlib would cost 5 ms
        allowed &= ON_FILES
    attr = PathAttr(allowed, parent)
    check(libc.syscall(LANDLOCK_ADD, ruleset, 1, ctypes.byref(attr), 0), path)
    os.close(parent)


def restrict_calls(filter_program: bytes) -> None:
    """Install the system-call filter, with the PID of this process in place of OWN_PID."""
    own = os.getpid().to_bytes(4, sys.byteorder)
    filter_program = filter_program.replace(OWN_PID.to_bytes(4, sys.byteorder), own)
    code = ctypes.create_string_buffer(filter_program, len(filter_program))
    address = ctypes.cast(code, ctypes.c_void_p)
    installed = FilterProgram(len(filter_program) // 8, address)
    result = libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(installed), 0, 0)
    check(result, "seccomp")


def check(result: int, what: str) -> None:
    """Exit if a call failed: no FFmpeg runs unconfined."""
    if result < 0:
        reason = os.strerror(ctypes.get_errno())
        os.write(2, f"[fatal] could not confine FFmpeg: {what}: {reason}\n".encode())
        os._exit(FAILED)


if __name__ == "__main__":
    main(sys.argv[1:])
