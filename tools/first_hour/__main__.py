"""`./run first-hour`: follow README.md and docs/remote.md as they are written, on clean machines.

Prints the seconds of each step and how many commands were entered; ends with 1 if a step or a check
fails, or the goal is missed. The committed state of the checkout is used. Needs root on Linux.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from . import machine, proxy
from .machine import Machine, MachineError
from .pages import Step, steps

ROOT = Path(__file__).resolve().parents[2]
README, REMOTE = ROOT / "README.md", ROOT / "docs/remote.md"
WAYS = {"demo": README, "own": README, "tunnel": REMOTE, "tls": REMOTE}
GOAL_COMMANDS, GOAL_SECONDS = 6, 180.0
CHECK_SECONDS = 400.0
ADDRESSES = ("10.91.7.1", "10.91.7.2")
NEEDS = {"tunnel": ("sshd", "ssh"), "tls": ("sshd", "ssh", "caddy", "curl")}

_TOKEN = re.compile(r"shown only now: (\S+)")
_CHECKOUT = Step("A checkout", "box", None, None, "git clone --quiet /mnt ffremote && cd ffremote")
_SSH = """
ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519
printf '%s\\n' 'Host box' 'HostName {box}' 'StrictHostKeyChecking accept-new' >.ssh/config
printf '127.0.0.1 localhost\\n%s box box.home.arpa\\n' {box} >/etc/hosts
"""
_SUDO = """
command -v sudo >/dev/null && exit
printf '#!/bin/sh\\nexec "$@"\\n' >/usr/local/bin/sudo
chmod 755 /usr/local/bin/sudo
"""
_SSHD = """
usermod --password '*' root
ssh-keygen -A >/dev/null
"$(command -v sshd)" -o PermitRootLogin=yes -o UsePAM=no -o StrictModes=no
"""


@dataclass(frozen=True, slots=True)
class Network:
    """The machines of one way, with what their open terminals print."""

    machines: dict[str, Machine]
    logs: Path
    open_terminals: list[tuple[subprocess.Popen[str], Path]]

    def follow(self, step: Step) -> None:
        """Do what the step says; raise MachineError."""
        at = self.machines[step.machine]
        if step.kind == "serves":
            log = self.logs / f"{len(self.open_terminals)}.log"
            self.open_terminals.append((at.serve(step.script, log), log))
        elif step.kind == "check":
            self._check(at, step.script)
        else:
            at.run(step.script, stdin=self._token() if step.kind == "types-token" else "")

    def _check(self, at: Machine, script: str) -> None:
        deadline = time.monotonic() + CHECK_SECONDS
        while True:
            try:
                at.run(script, timeout=CHECK_SECONDS)
                return
            except MachineError:
                self._require_open()
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.5)

    def _require_open(self) -> None:
        for process, log in self.open_terminals:
            if process.poll() is not None:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise MachineError(f"what should keep running has ended:\n{tail}")

    def _token(self) -> str:
        found = [_TOKEN.search(log.read_text()) for _, log in self.open_terminals]
        return next((f"{each[1]}\n" for each in found if each), "")


def walk(way: str, scratch: Path, *, hides_ffmpeg: bool) -> bool:
    """Follow one way on new machines; return whether every step succeeded within the goal."""
    with ExitStack() as stack:
        network = _network(way, scratch, stack, hides_ffmpeg=hides_ffmpeg)
        load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        print(f"\n{way}: {WAYS[way].relative_to(ROOT)} ({load})", flush=True)
        commands, began = 0, time.monotonic()
        for step in [_CHECKOUT, *steps(WAYS[way], way)]:
            before = time.monotonic()
            try:
                network.follow(step)
            except MachineError as exc:
                print(f"  FAILED  {step.machine}, {step.title}:\n{step.script}\n{exc}", flush=True)
                return False
            commands += step.commands
            _print_step(step, time.monotonic() - before)
        seconds = time.monotonic() - began
    return _print_sum(way, commands, seconds)


def _network(way: str, scratch: Path, stack: ExitStack, *, hides_ffmpeg: bool) -> Network:
    made = {}
    for name in ("box", "laptop") if WAYS[way] == REMOTE else ("box",):
        context = machine.machine(
            name,
            scratch / f"{way}-{name}",
            repository=scratch / "repository.git",
            hides_ffmpeg=hides_ffmpeg,
        )
        at = made[name] = stack.enter_context(context)
        at.environ["https_proxy"] = proxy.start(at.process.pid)
        at.environ["no_proxy"] = "localhost,127.0.0.1,box,box.home.arpa"
        shutil.copy(ROOT / "samples/bigbuckbunny.mp4", scratch / f"{way}-{name}/root/film.mov")
    if len(made) == 2:
        _connect(made["box"], made["laptop"], has_caddy=way == "tls")
    return Network(made, scratch, [])


def _connect(box: Machine, laptop: Machine, *, has_caddy: bool) -> None:
    """Prepare what the page takes for granted: a network, `ssh box`, and Debian's Caddy."""
    machine.connect(box, laptop, ADDRESSES)
    laptop.run(f"mkdir -m 700 .ssh\n{_SSH.format(box=ADDRESSES[0])}")
    key = laptop.run("cat .ssh/id_ed25519.pub")
    box.run(f"mkdir -m 700 .ssh\ncat >.ssh/authorized_keys\n{_SSHD}", stdin=key)
    if has_caddy:
        box.run(f"({_SUDO})")  # root in a container often has none
        box.run("caddy start --config /etc/caddy/Caddyfile >/dev/null 2>&1 </dev/null")


def _print_step(step: Step, seconds: float) -> None:
    what = step.kind if step.kind == "check" else f"{step.commands} command"
    print(f"  {seconds:6.1f} s  {what:10} {step.machine:7} {step.title}", flush=True)


def _print_sum(way: str, commands: int, seconds: float) -> bool:
    is_met = way == "tls" or (commands <= GOAL_COMMANDS and seconds <= GOAL_SECONDS)
    goal = f"goal: {GOAL_COMMANDS} commands, {GOAL_SECONDS:.0f} s" if way != "tls" else "no goal"
    print(f"  {seconds:6.1f} s  {commands} commands to the first result ({goal})", flush=True)
    if not is_met:
        print(f"  MISSED  the goal of {way}", flush=True)
    return is_met


def _missing(way: str) -> list[str]:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return [name for name in NEEDS.get(way, ()) if shutil.which(name, path=path) is None]


def main() -> int:
    """Follow the ways; return the exit status."""
    parser = argparse.ArgumentParser(prog="./run first-hour", description=__doc__)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=f"of {', '.join(WAYS)}; default all")
    parser.add_argument("--without-ffmpeg", action="store_true", help="hide this system's FFmpeg")
    options = parser.parse_args()
    if unknown := set(options.ways) - set(WAYS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if sys.platform != "linux" or os.geteuid():
        parser.error("namespaces need root on Linux")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    scratch = Path(tempfile.mkdtemp(prefix="first-hour-"))
    try:
        clone = ["git", "clone", "--quiet", "--bare", str(ROOT), str(scratch / "repository.git")]
        subprocess.run(clone, check=True)
        return 1 if _walk_all(options.ways or list(WAYS), scratch, options.without_ffmpeg) else 0
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _walk_all(ways: list[str], scratch: Path, hides_ffmpeg: bool) -> list[str]:
    """Return the ways that failed."""
    failed = []
    for way in ways:
        if missing := _missing(way):
            print(f"\n{way}: skipped, not installed: {', '.join(missing)}", flush=True)
        elif not walk(way, scratch, hides_ffmpeg=hides_ffmpeg):
            failed.append(way)
    return failed


if __name__ == "__main__":
    sys.exit(main())
