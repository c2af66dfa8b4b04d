"""Tries to escape from a confinement; run inside it as `python -I -S -c SOURCE JSON`.

Prints, as JSON, the names of the escapes that succeeded: `files` are those that Landlock must
block, `calls` those that the system-call filter must block. A success does no harm: the raw calls
have arguments that the kernel rejects, but with another error than the filter.
"""

import _socket
import ctypes
import errno
import fcntl
import json
import os
import resource
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

Attempts = dict[str, Callable[[], object]]

CONFINED = (errno.EPERM, errno.EACCES, errno.ENOSYS)
FAMILIES = {"unix": 1, "IPv4": 2, "IPv6": 10, "netlink": 16, "packet": 17, "alg": 38, "vsock": 40}
NO = ctypes.c_long(-1)
# instead of six times -1, which would create a queue or have no effect
ARGUMENTS: dict[str, tuple[int, ...]] = {
    "msgget": (-1, 0),
    "semget": (-1, -1, 0),
    "personality": (0xFFFFFFFF,),
}
NOT_RAW = (
    "fork",
    "vfork",
    "vhangup",
    "tgkill",
)  # these take effect whatever their arguments are
SHELL = "echo '[\"run a shell\"]'"
libc = ctypes.CDLL(None, use_errno=True)


def make(path: str) -> None:
    """Create an empty file."""
    open(path, "w").close()


def rename_out() -> None:
    """Move a file out of the writable directory."""
    make("out/moved")
    os.rename("out/moved", "moved")


def own_pipe() -> int:
    """Return a pipe that would send its signals to the parent."""
    read, _ = os.pipe()
    return read


def fork() -> None:
    """Start a process."""
    if os.fork() == 0:
        os._exit(0)


def raw(number: int, *arguments: int) -> None:
    """Make a system call; raise OSError if the confinement refused it."""
    ctypes.set_errno(0)
    words = [ctypes.c_long(each) for each in arguments] or [NO] * 6
    if libc.syscall(ctypes.c_long(number), *words) < 0 and ctypes.get_errno() in CONFINED:
        raise OSError(ctypes.get_errno(), "confined")


def prctl(option: int, value: int) -> None:
    """Call prctl; raise OSError if it is refused."""
    if libc.prctl(option, value, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def files(parameters: dict[str, Any]) -> Attempts:
    """Return the escapes that Landlock must block."""
    secret = parameters["secret"]
    found: Attempts = {
        "read a file": lambda: open(secret).read(),
        "read the server's environment": lambda: open(f"/proc/{os.getppid()}/environ").read(),
        "list a folder": lambda: os.listdir(os.path.dirname(secret)),
        "write beside the attempt": lambda: make("beside"),
        "write the input": lambda: open("input", "r+").close(),
        "write in /dev/shm": lambda: make(parameters["shared"]),
        "make a link": lambda: os.symlink(secret, "out/link"),
        "make a hard link": lambda: os.link("input", "out/hard"),
        "make a folder": lambda: os.mkdir("out/folder"),
        "make a pipe": lambda: os.mkfifo("out/pipe"),
        "rename out": rename_out,
        "remove the input": lambda: os.unlink("input"),
        "open a device": lambda: open("/dev/zero").close(),
    }
    if parameters["shell"]:  # the last one, because it replaces this program
        found["run a shell"] = lambda: os.execv("/bin/sh", ["sh", "-c", SHELL])
    return found


def calls(parameters: dict[str, Any]) -> Attempts:
    """Return the escapes that the system-call filter must block."""
    parent = os.getppid()
    found: Attempts = {
        "empty the input": lambda: os.open("input", os.O_RDONLY | os.O_TRUNC),
        "empty the input with no mode": lambda: os.open("input", 3 | os.O_TRUNC),
        "send signals by F_SETOWN": lambda: fcntl.fcntl(own_pipe(), 8, parent),
        "choose the signal": lambda: fcntl.fcntl(own_pipe(), 10, 12),
        "ask for signals": lambda: fcntl.fcntl(own_pipe(), 4, 0x2000),
        "ask for signals by ioctl": lambda: fcntl.ioctl(own_pipe(), 0x5452, b"\1\0\0\0"),
        "watch a folder by F_NOTIFY": lambda: fcntl.fcntl(os.open("out", 0), 1026, 4),
        "outlive the server": lambda: prctl(1, 0),
        "be traced by all": lambda: prctl(0x59616D61, -1),
        "signal the server": lambda: os.kill(parent, 0),
        "signal a thread of the server": lambda: raw(
            parameters["calls"]["tgkill"], parent, parent, 0
        ),
        "read the server's limits": lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE),
        "set its own limits": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        "connect": lambda: _socket.socket(2, 1, 0).connect(("127.0.0.1", parameters["port"])),
        "fork": fork,
    }
    for name, family in FAMILIES.items():
        found[f"a socket ({name})"] = partial(_socket.socket, family, 2, 0)
    for name, number in parameters["calls"].items():
        if name not in NOT_RAW:
            found[f"the call {name}"] = partial(raw, number, *ARGUMENTS.get(name, ()))
    return found


def succeeded(attempts: Attempts) -> list[str]:
    """Try all escapes; return the names of those that succeeded."""
    names = []
    for name, attempt in attempts.items():
        try:
            attempt()
            names.append(name)
        except ValueError:
            pass  # raised by Python for a refused limit
        except OSError as exc:
            # an error of the kernel itself proves that the call has reached it
            if name.startswith("a socket") and exc.errno not in (*CONFINED, errno.EAFNOSUPPORT):
                names.append(name)
    return names


def main(parameters: dict[str, Any]) -> None:
    """Try all escapes and print those that succeeded."""
    libc.signal(29, ctypes.c_void_p(1))  # ignore SIGIO, which a successful watch would send
    by_calls, by_files = succeeded(calls(parameters)), succeeded(files(parameters))
    print(json.dumps({"calls": by_calls, "files": by_files}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
