"""The programs of a storm: a real server, real workers and the cleanup on one data directory.

`tend` restarts the dead ones, as systemd would.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ffremote import ffmpeg
from ffremote.config import Settings
from tests.chaos.clocks import WallClock

BIN = Path(sys.executable).parent
WORKERS = ("worker 1", "worker 2")
LEASE_SECONDS = 5
RETENTION_SECONDS = 20  # results expire during a storm, so that the cleanup races with all else
COMMANDS = {
    "server": ["ffremote-server"],
    "cleanup": ["flask", "--app", "ffremote", "cleanup", "--every", "1s"],
    **{name: ["ffremote-worker"] for name in WORKERS},
}
DEADLINE = 30.0


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the service, as /proc describes it."""

    pid: int
    parent: int
    words: list[str]
    at_job: bool = False  # its working directory is that of a job

    def is_a(self, name: str) -> bool:
        """Whether an argument of its command line ends with `name`."""
        return any(word.endswith(name) for word in self.words)

    def option(self, name: str) -> str:
        """Return the value of an option of its command line."""
        return self.words[self.words.index(name) + 1]


@dataclass(slots=True)
class Estate:
    """Programs by name; the variable `mark` in their environment identifies their children."""

    data_dir: Path
    log: Path
    database_url: str = ""
    mark: str = field(default_factory=lambda: f"chaos-{uuid.uuid4().hex}")
    port: int = field(default_factory=lambda: free_port())
    programs: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    clocks: dict[str, WallClock] = field(default_factory=dict)
    ffmpeg: Path = field(default_factory=lambda: ffmpeg.locate(Settings()).ffmpeg)

    def __post_init__(self) -> None:
        """Give each worker its own clock, correct at first."""
        self.clocks = {name: WallClock(self.log.with_name(f"{name}.clock")) for name in WORKERS}
        for clock in self.clocks.values():
            clock.step(timedelta())

    @property
    def url(self) -> str:
        """The base URL of the API."""
        return f"http://127.0.0.1:{self.port}/api/v1"

    @property
    def settings(self) -> Settings:
        """Where files and database are."""
        return Settings(data_dir=self.data_dir, database_url=self.database_url)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every program."""
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return kept | {
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "FFREMOTE_DATA_DIR": str(self.data_dir),
            "FFREMOTE_DATABASE_URL": self.database_url,
            "FFREMOTE_PORT": str(self.port),
            "FFREMOTE_MIN_FREE_BYTES": "0",
            "FFREMOTE_LEASE_SECONDS": str(LEASE_SECONDS),
            "FFREMOTE_FFMPEG_THREADS": "1",
            "FFREMOTE_TTL_HOURS": str(RETENTION_SECONDS / 3600),
            "CHAOS_MARK": self.mark,
        }

    def migrate(self) -> None:
        """Create the database with the migrations."""
        self.flask("db", "upgrade")

    def flask(self, *words: str) -> str:
        """Run a flask command to its end; return what it printed."""
        with self.log.open("ab") as log:
            done = subprocess.run(
                [BIN / "flask", "--app", "ffremote", *words],
                env=self.environ,
                stdout=subprocess.PIPE,
                stderr=log,
                check=True,
                text=True,
            )
        return done.stdout

    def tend(self) -> list[str]:
        """Start the programs that do not run; return the names of those that had died."""
        died = []
        for name in COMMANDS:
            program = self.programs.get(name)
            if program is None or program.poll() is not None:
                died += [name] if program else []
                self.programs[name] = self._start(name)
        return died

    def is_up(self) -> bool:
        """Whether the server is ready."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1):
                return True
        except (OSError, urllib.error.URLError):
            return False

    def has_slots(self) -> bool:
        """Whether every worker has begun to start its slots."""
        slots = [process for process in self.family() if process.is_a("ffremote_worker.slot")]
        return len({slot.parent for slot in slots}) == len(WORKERS)

    def family(self) -> list[Process]:
        """Return all live processes started by the programs, reparented ones included."""
        return [process for entry in Path("/proc").iterdir() if (process := self._read(entry))]

    def resume(self) -> None:
        """Continue all stopped processes."""
        for process in self.family():
            send(process.pid, signal.SIGCONT)

    def stop(self) -> None:
        """Stop all programs: a first signal drains, a second releases the jobs."""
        self.resume()
        for _ in range(2):
            for program in self.programs.values():
                if program.poll() is None:
                    program.send_signal(signal.SIGTERM)
            wait_for(self._is_over, DEADLINE / 2)
        for program in self.programs.values():
            program.kill()
            program.wait()

    def _is_over(self) -> bool:
        return all(program.poll() is not None for program in self.programs.values())

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        command, *words = COMMANDS[name]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [BIN / command, *words],
                env=self.environ | (self.clocks[name].environ if name in WORKERS else {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _read(self, entry: Path) -> Process | None:
        if not entry.name.isdigit():
            return None
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            marked = f"CHAOS_MARK={self.mark}".encode() in (entry / "environ").read_bytes()
            at_home = (entry / "cwd").readlink().is_relative_to(self.data_dir / "jobs")
            words = (entry / "cmdline").read_text(errors="replace").split("\0")
        except (OSError, ProcessLookupError):
            return None
        if stat[0] == "Z" or not (marked or at_home):
            return None
        return Process(int(entry.name), int(stat[1]), words, at_home)


def send(pid: int, number: signal.Signals) -> bool:
    """Send a signal; return whether the process existed."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until `condition()` is true; return whether it became true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port() -> int:
    """Return an unused port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
