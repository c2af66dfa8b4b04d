"""A clean machine: namespaces of its own for network, mounts, processes and host name.

Changes below /etc, /usr and /var are thrown away, /root, /run and /tmp are empty. All its processes
end with it. Needs root on Linux.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools import up

PASSED = ("PIP_", "LANG", "LC_")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")
STATE = "/run/first-hour/state"

_SETUP = """
set -eu
hostname {name}
mkdir -p {scratch}/over {scratch}/root {scratch}/tmp
mount -t tmpfs tmpfs {scratch}/over
mount --bind {repository} /mnt
for folder in etc usr var; do
    mkdir -p {scratch}/over/$folder {scratch}/over/$folder.work
    mount -t overlay overlay /$folder \
        -o lowerdir=/$folder,upperdir={scratch}/over/$folder,workdir={scratch}/over/$folder.work
done
mount --bind {scratch}/root /root
mount -t tmpfs tmpfs /run
mkdir -p /run/first-hour /run/sshd
for program in {hidden}; do mount --bind /dev/null "$program"; done
ip link set lo up
mount --bind {scratch}/tmp /tmp
echo ready
exec sleep infinity
"""


class MachineError(Exception):
    """The machine could not be made, or a command on it failed."""


@dataclass(slots=True)
class Machine:
    """A running machine; `run` is a terminal on it, which remembers directory and variables."""

    name: str
    process: subprocess.Popen[str]
    environ: dict[str, str]

    def argv(self, script: str) -> list[str]:
        """Return the command that runs a script on the machine, from outside."""
        at = f"/proc/{self.process.pid}/ns"
        spaces = [f"--{name}={at}/{file}" for name, file in _SPACES]
        return ["nsenter", *spaces, "bash", "-c", script]

    def run(self, script: str, *, stdin: str = "", timeout: float = 600) -> str:
        """Run a script in the terminal and return its output; raise MachineError."""
        wrapped = (
            f"cd /root; . {STATE} 2>/dev/null\nset -e -o pipefail\n{script}\n"
            f'{{ export -p; printf "cd %q\\n" "$PWD"; }} >{STATE}'
        )
        try:
            done = subprocess.run(
                self.argv(wrapped),
                input=stdin,
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as exc:
            raise MachineError(f"no end after {timeout:.0f} s") from exc
        if done.returncode:
            raise MachineError(f"status {done.returncode}\n{done.stdout.strip()}")
        return done.stdout

    def serve(self, script: str, log: Path) -> subprocess.Popen[str]:
        """Start a script in a further terminal, which stays open; its output goes into `log`."""
        with log.open("w") as output:
            return subprocess.Popen(
                self.argv(f"cd /root; . {STATE} 2>/dev/null\nset -e\n{script}"),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self.environ,
                text=True,
            )


_UNSHARE = ("unshare", "--net", "--mount", "--uts", "--pid")
_FIRST_PROCESS = ("--fork", "--mount-proc", "--kill-child", "sh", "-c")
_SPACES = (("net", "net"), ("mount", "mnt"), ("pid", "pid_for_children"), ("uts", "uts"))


@contextmanager
def machine(name: str, scratch: Path, *, repository: Path, hides_ffmpeg: bool) -> Iterator[Machine]:
    """Make a machine, with the repository at /mnt; at the end all its processes are gone."""
    setup = _SETUP.format(
        name=name,
        scratch=shlex.quote(str(scratch)),
        repository=shlex.quote(str(repository)),
        hidden=shlex.join(_ffmpeg() if hides_ffmpeg else []),
    )
    scratch.mkdir()
    process = subprocess.Popen(
        [*_UNSHARE, *_FIRST_PROCESS, setup],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=up.die_with_parent(),
    )
    try:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise MachineError(f"the machine {name} could not be made; its message is above")
        yield Machine(name, process, _environ())
    finally:
        process.kill()  # and with it, by --kill-child, the first process of the machine
        process.wait()


def connect(one: Machine, other: Machine, addresses: Sequence[str]) -> None:
    """Put a cable between two machines."""
    pids = [str(each.process.pid) for each in (one, other)]
    _ip(
        "link",
        "add",
        "cable0",
        "netns",
        pids[0],
        "type",
        "veth",
        "peer",
        "cable0",
        "netns",
        pids[1],
    )
    for each, address in zip((one, other), addresses, strict=True):
        each.run(f"ip address add {address}/24 dev cable0; ip link set cable0 up")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, stdout=sys.stderr)


def _environ() -> dict[str, str]:
    passed = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(PASSED) or name in CERTIFICATES
    }
    standard = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {**passed, "PATH": standard, "HOME": "/root", "TERM": "dumb"}


def _ffmpeg() -> list[str]:
    """Return every ffmpeg and ffprobe on the PATH."""
    folders = os.environ["PATH"].split(os.pathsep)
    found = [shutil.which(name, path=at) for at in folders for name in ("ffmpeg", "ffprobe")]
    return sorted({str(Path(each).resolve()) for each in found if each})
