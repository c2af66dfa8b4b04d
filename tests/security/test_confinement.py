"""The confinement stops a compromised FFmpeg: Python, started in its place, tries everything."""

import errno
import json
import os
import socket
import subprocess
import sys
import sysconfig
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg.sandbox.sandbox import FULL, Sandbox
from ffremote.host import processes

pytestmark = [
    pytest.mark.security,
    pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's"),
]

# each line is tried on its own; an OSError means that it was refused
ATTEMPTS = {
    "write in the attempt": "open('try1/x', 'w').write('x')",
    "remove in the attempt": "open('try1/y', 'w').close(); os.unlink('try1/y')",
    "read the input": "open('input').read()",
    "start a thread": "__import__('_thread').start_new_thread(lambda: None, ())",
    "read a secret": "open(SECRET).read()",
    "read /etc/passwd": "open('/etc/passwd').read()",
    "read the server's environment": "open(f'/proc/{os.getppid()}/environ').read()",
    "list /": "os.listdir('/')",
    "write the input": "open('input', 'r+')",
    "write beside the attempt": "open('beside', 'w')",
    "write in /tmp": "open('/tmp/ffremote-escape', 'w')",
    "truncate a secret": "os.truncate(SECRET, 0)",
    "make a link": "os.symlink('/etc/passwd', 'try1/link')",
    "make a hard link": "os.link(SECRET, 'try1/hard')",
    "make a directory": "os.mkdir('try1/dir')",
    "make a fifo": "os.mkfifo('try1/fifo')",
    "rename out": "open('try1/z', 'w').close(); os.rename('try1/z', 'z')",
    "change a mode": "os.chmod('try1', 0o777)",
    "change an owner": "os.chown(SECRET, 1, 1)",
    "change times": "os.utime(SECRET, (0, 0))",
    "open a TCP socket": "import _socket; _socket.socket(2, 1, 0)",
    "open a UDP socket": "import _socket; _socket.socket(2, 2, 0)",
    "open a unix socket": "import _socket; _socket.socket(1, 1, 0)",
    "fork": "os.fork() or os._exit(0)",
    "run a shell": "os.execv('/bin/sh', ['sh', '-c', 'true'])",
    "run itself from memory": "fd = os.memfd_create('m'); os.write(fd, b'x')",
    "kill the server": "os.kill(os.getppid(), 0)",
    "raise its limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "new namespaces": "syscall(UNSHARE, 0x10000000)",
    "trace the server": "syscall(PTRACE, 16, os.getppid(), 0, 0)",
    "io_uring": "syscall(425, 1, 0)",
    "a system call of the future": "syscall(470, 0)",
}
ALLOWED = ["write in the attempt", "remove in the attempt", "read the input", "start a thread"]
PROGRAM = """
import ctypes, json, os, sys
SECRET, UNSHARE, PTRACE = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
libc = ctypes.CDLL(None, use_errno=True)
def syscall(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
done = []
for name, code in json.loads(sys.argv[4]).items():
    try:
        exec(code)
        done.append(name)
    except (OSError, RuntimeError, ValueError):
        pass
print(json.dumps(done))
"""
NUMBERS = {"x86_64": ("272", "101"), "aarch64": ("97", "117")}


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    """The confinement of this machine, extended so that Python can start in it."""
    chosen = ffmpeg.make_runtime(Settings()).sandbox
    prefix = sysconfig.get_config_var("installed_base")
    return replace(chosen, libraries=(*chosen.libraries, prefix))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A job's directory."""
    made = tmp_path / "job"
    (made / "try1").mkdir(parents=True)
    (made / "input").write_text("film")
    (tmp_path / "secret").write_text("secret")
    return made


def confined(sandbox: Sandbox, directory: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    python = Path(os.path.realpath(sys.executable))
    command = sandbox.command(python, ["-I", "-S", *argv], cwd=directory, writable="try1")
    return subprocess.run(
        command,
        cwd=directory,
        env=sandbox.environ("try1"),
        capture_output=True,
        text=True,
        check=False,
    )


def test_this_machine_has_the_full_confinement(sandbox: Sandbox) -> None:
    assert sandbox.name == FULL


def test_nothing_outside_the_attempt_can_be_touched(sandbox: Sandbox, directory: Path) -> None:
    numbers = NUMBERS[os.uname().machine]
    secret = directory.parent / "secret"

    ran = confined(sandbox, directory, "-c", PROGRAM, str(secret), *numbers, json.dumps(ATTEMPTS))

    assert json.loads(ran.stdout) == ALLOWED, ran.stderr
    assert secret.read_text() == "secret"
    assert (directory / "input").read_text() == "film"
    assert sorted(path.name for path in directory.iterdir()) == ["input", "try1"]


def test_a_listening_socket_gets_no_connection(sandbox: Sandbox, directory: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        code = (
            f"import _socket; _socket.socket().connect(('127.0.0.1', {listening.getsockname()[1]}))"
        )

        ran = confined(sandbox, directory, "-c", code)

        assert ran.returncode != 0
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_memory_and_file_size_end_at_their_limits(sandbox: Sandbox, directory: Path) -> None:
    small = replace(
        sandbox,
        limits=replace(sandbox.limits, max_memory_bytes=300 << 20, max_output_bytes=20_000),
    )

    memory = confined(small, directory, "-c", "bytearray(400 << 20)")
    size = confined(small, directory, "-c", "open('try1/big', 'wb').write(bytes(40_000))")

    assert "MemoryError" in memory.stderr
    assert (size.returncode != 0, (directory / "try1" / "big").stat().st_size) == (True, 20_000)


def test_the_environment_holds_nothing_of_the_server(
    sandbox: Sandbox, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFREMOTE_TOKENS", "secret")

    ran = confined(sandbox, directory, "-c", "import os; print(sorted(os.environ))")

    assert "FFREMOTE" not in ran.stdout and "HOME" in ran.stdout


def test_a_confined_process_dies_with_its_parent(sandbox: Sandbox, directory: Path) -> None:
    python = Path(os.path.realpath(sys.executable))
    sleeper = ["-I", "-S", "-c", "import time; print('up', flush=True); time.sleep(60)"]
    parent_code = (
        "import json, os, subprocess, sys; command = json.loads(sys.argv[1]);"
        "command[command.index('--parent') + 1] = str(os.getpid());"
        "child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=sys.argv[2]);"
        "child.stdout.readline(); print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    command = sandbox.command(python, sleeper, cwd=directory, writable="try1")

    ran: Any = subprocess.run(
        [sys.executable, "-c", parent_code, json.dumps(command), str(directory)],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    pid, deadline = int(ran.stdout), time.monotonic() + 5
    while processes.started_at(pid) is not None and time.monotonic() < deadline:
        os.sched_yield()
    assert processes.started_at(pid) is None


def test_a_service_without_the_internet_can_still_prove_its_confinement(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> socket.socket:  # as under systemd's RestrictAddressFamilies=AF_UNIX
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")

    usual = ffmpeg.make_runtime(settings).sandbox.name
    monkeypatch.setattr(socket, "create_server", refuse)

    assert ffmpeg.make_runtime(settings).sandbox.name == usual
