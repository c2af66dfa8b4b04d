"""The programs of a storm: a real server, real workers and the cleanup on one data directory.

`tend` restarts the dead ones, as systemd would.
"""

import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ffremote import ffmpeg
from ffremote.config import Settings
from tests.chaos.clocks import WallClock
from tests.chaos.processes import Process, free_port, send, wait_for
from tests.support.throttling_proxy import ThrottlingProxy

BIN = Path(sys.executable).parent
WORKERS = ("worker 1", "worker 2")
REMOTE = ("remote 1", "remote 2")
LEASE_SECONDS = 5
RETENTION_SECONDS = 20  # results expire during a storm, so that the cleanup races with all else
COMMANDS = {
    "server": ["ffremote-server"],
    "cleanup": ["flask", "--app", "ffremote", "cleanup", "--every", "1s"],
    **{name: ["ffremote-worker"] for name in (*WORKERS, *REMOTE)},
}
DEADLINE = 30.0


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a worker over HTTP."""

    name: str
    secret: str


@dataclass(slots=True)
class Estate:
    """Programs by name; the variable `mark` in their environment identifies their children.

    With `remote`, one worker is on the server's disk, and those named so reach it through `proxy`.
    """

    data_dir: Path
    log: Path
    database_url: str = ""
    mark: str = field(default_factory=lambda: f"chaos-{uuid.uuid4().hex}")
    port: int = field(default_factory=lambda: free_port())
    programs: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    clocks: dict[str, WallClock] = field(default_factory=dict)
    remote: tuple[str, ...] = ()
    tokens: dict[str, Token] = field(default_factory=dict)
    proxy: ThrottlingProxy | None = None
    ffmpeg: Path = field(default_factory=lambda: ffmpeg.locate(Settings()).ffmpeg)

    def __post_init__(self) -> None:
        """Give each worker its own clock, correct at first."""
        self.clocks = {
            name: WallClock(self.log.with_name(f"{name}.clock")) for name in self.workers
        }
        for clock in self.clocks.values():
            clock.step(timedelta())

    @property
    def workers(self) -> tuple[str, ...]:
        """The names of all workers."""
        return (WORKERS[0], *self.remote) if self.remote else WORKERS

    def home_of(self, name: str) -> Path:
        """Return the data directory of a worker over HTTP."""
        return self.log.with_name(name.replace(" ", "-"))

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
            "FFREMOTE_LOCAL_FIRST_SECONDS": "0.2",
            "CHAOS_MARK": self.mark,
        }

    def environ_of(self, name: str) -> dict[str, str]:
        """Return the environment of a program."""
        environ = self.environ
        if name in self.clocks:
            environ |= self.clocks[name].environ
        if name in self.remote and self.proxy is not None:
            del environ["FFREMOTE_DATABASE_URL"]
            environ |= {
                "FFREMOTE_DATA_DIR": str(self.home_of(name)),
                "FFREMOTE_WORKER_SERVER": self.proxy.url,
                "FFREMOTE_WORKER_TOKEN": self.tokens[name].secret,
            }
        return environ

    def invite(self) -> None:
        """Let the workers over HTTP reach the server, through a proxy and each with a token."""
        if self.remote:
            self.proxy = ThrottlingProxy(self.port)
            self.proxy.start()
        for name in self.remote:
            self.add_token(name)

    def add_token(self, name: str) -> None:
        """Give a worker a token that it has from its next start on."""
        token = f"{name.replace(' ', '-')}-{uuid.uuid4().hex[:6]}"
        self.tokens[name] = Token(token, self.flask("token", "add", token, "--worker").strip())

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
        for name in ("server", "cleanup", *self.workers):
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
        return len({slot.parent for slot in slots}) == len(self.workers)

    def family(self) -> list[Process]:
        """Return all live processes started by the programs, reparented ones included."""
        return [process for entry in Path("/proc").iterdir() if (process := self._read(entry))]

    def family_of(self, root: int) -> list[Process]:
        """Return all live descendants of a process."""
        everyone, found = self.family(), [root]
        for parent in found:  # `found` grows during the loop
            found += [each.pid for each in everyone if each.parent == parent]
        return [each for each in everyone if each.pid in found and each.pid != root]

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
        if self.proxy is not None:
            self.proxy.close()

    def _is_over(self) -> bool:
        return all(program.poll() is not None for program in self.programs.values())

    def _start(self, name: str) -> "subprocess.Popen[bytes]":
        command, *words = COMMANDS[name]
        self._share_trials(name)
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [BIN / command, *words],
                env=self.environ_of(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _share_trials(self, name: str) -> None:
        """Give a worker over HTTP what the first worker has found out about the encoders."""
        found, own = self.data_dir / "cache", self.home_of(name) / "cache"
        if name in self.remote and found.is_dir() and not own.exists():
            own.mkdir(parents=True)
            for path in found.glob("*.json"):
                shutil.copy(path, own)

    def _is_at_job(self, directory: Path) -> bool:
        roots = (self.data_dir, *map(self.home_of, self.remote))
        return any(directory.is_relative_to(root / "jobs") for root in roots)

    def _read(self, entry: Path) -> Process | None:
        if not entry.name.isdigit():
            return None
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
            marked = f"CHAOS_MARK={self.mark}".encode() in (entry / "environ").read_bytes()
            at_home = self._is_at_job((entry / "cwd").readlink())
            words = (entry / "cmdline").read_text(errors="replace").split("\0")
        except (OSError, ProcessLookupError):
            return None
        if stat[0] == "Z" or not (marked or at_home):
            return None
        return Process(int(entry.name), int(stat[1]), words, at_home)
