"""The hosts of a fleet: each has PIDs, a boot id, a name, a disk and a clock of its own.

As root they are namespaces; otherwise they differ by directory, address and clock only.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ffremote.clock import monotonic
from tests.chaos.clocks import WallClock
from tests.chaos.estate import BIN, LEASE_SECONDS, RETENTION_SECONDS, free_port, send, wait_for
from tests.chaos.fleet.lines import Line, Network
from tests.support.postgresql import Cluster
from tests.support.s3_servers import BUCKET, REGION, S3Server

PROGRAMS = {
    **{f"worker{n}": ["ffremote-worker"] for n in (1, 2, 3)},
    **{f"server{n}": ["ffremote-server"] for n in (1, 2)},
    "keeper": ["flask", "--app", "ffremote", "cleanup", "--every", "2s"],
}
ENTER = 'mount --bind "$1" /proc/sys/kernel/random/boot_id && hostname "$2" && shift 2 && exec "$@"'
UNSHARE = ("unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child=KILL", "--mount-proc")
STOP_SECONDS = 40.0


def can_isolate() -> bool:
    """Whether hosts can be namespaces."""
    return (
        os.geteuid() == 0
        and shutil.which("unshare") is not None
        and subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0
    )


@dataclass(slots=True)
class Host:
    """One host and its only program."""

    name: str
    home: Path
    environ: dict[str, str]
    line: Line
    isolated: bool
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    down_until: float = 0.0

    @property
    def data_dir(self) -> Path:
        """Its disk."""
        return self.home / "data"

    @property
    def clock(self) -> WallClock:
        """Its clock."""
        return WallClock(self.home / "clock")

    @property
    def is_alive(self) -> bool:
        """Whether its program runs."""
        return self.process is not None and self.process.poll() is None

    def start(self, log: Path) -> None:
        """Boot it: every boot has another id."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        boot = self.home / "boot_id"
        boot.write_text(f"{uuid.uuid4()}\n")
        self.clock.step(timedelta())
        command, *words = PROGRAMS[self.name]
        argv = [str(BIN / command), *words]
        if self.isolated:
            argv = [*UNSHARE, "sh", "-c", ENTER, "host", str(boot), self.name, *argv]
        own = {"FFREMOTE_DATA_DIR": str(self.data_dir), "FFREMOTE_PORT": str(self.port)}
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                argv,
                env=self.environ | own | self.clock.environ,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def kill(self, *, wipe: bool, seconds: float) -> None:
        """Lose the host for so long, with its disk or without."""
        assert self.process is not None
        for pid in self._everything():
            send(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        if wipe:
            shutil.rmtree(self.data_dir, ignore_errors=True)
        self.down_until = monotonic() + seconds

    def ask_to_stop(self) -> None:
        """Send SIGTERM to its program."""
        if self.is_alive and self.process is not None:
            children = _children(self.process.pid) if self.isolated else [self.process.pid]
            for pid in children:
                send(pid, signal.SIGTERM)

    def _everything(self) -> Iterator[int]:
        """Yield the processes of a host that has no PIDs of its own, and PID 1 of another."""
        if self.process is not None and self.isolated:
            yield from _children(self.process.pid)
        else:
            yield from marked(f"FFREMOTE_DATA_DIR={self.data_dir}")


@dataclass(slots=True)
class Fleet:
    """All hosts, and the network between them."""

    home: Path
    cluster: Cluster
    bucket: S3Server
    draw: random.Random
    network: Network = field(default_factory=Network)
    mark: str = field(default_factory=lambda: f"chaos-{uuid.uuid4().hex}")
    prefix: str = field(default_factory=lambda: f"fleet/{uuid.uuid4().hex}")
    hosts: dict[str, Host] = field(default_factory=dict)
    front: int = 0

    def __post_init__(self) -> None:
        """Lay the lines, boot nothing."""
        isolated = can_isolate()
        for name in PROGRAMS:
            line = Line(name)
            database = self.network.to_socket(line, f"{self.cluster.home}/.s.PGSQL.5432")
            objects = self.network.to_port(line, int(self.bucket.endpoint.rpartition(":")[2]))
            address = f"postgresql://ffremote@127.0.0.1:{database}/postgres"
            environ = self.environ_for(address, f"http://127.0.0.1:{objects}")
            self.hosts[name] = Host(name, self.home / name, environ, line, isolated)
        servers = [(host.line, host.port) for host in self.matching("server")]
        self.front = self.network.balance(servers, self.draw)

    @property
    def url(self) -> str:
        """The base URL of the API, at the balancer."""
        return f"http://127.0.0.1:{self.front}/api/v1"

    @property
    def log(self) -> Path:
        """What all programs print."""
        return self.home / "log"

    @property
    def storage_url(self) -> str:
        """The bucket, without a line between."""
        return self._storage_url(self.bucket.endpoint)

    def matching(self, kind: str) -> list[Host]:
        """Return the hosts of a kind."""
        return [host for host in self.hosts.values() if host.name.startswith(kind)]

    def environ_for(self, database: str, endpoint: str) -> dict[str, str]:
        """Return the environment of a program that reaches database and bucket so."""
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return (
            kept
            | self.bucket.environ
            | {
                "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
                "FFREMOTE_DATABASE_URL": database,
                "FFREMOTE_STORAGE_URL": self._storage_url(endpoint),
                "FFREMOTE_MIN_FREE_BYTES": "0",
                "FFREMOTE_LEASE_SECONDS": str(LEASE_SECONDS),
                "FFREMOTE_FFMPEG_THREADS": "1",
                "FFREMOTE_CONCURRENCY": "1",
                "FFREMOTE_TTL_HOURS": str(3 * RETENTION_SECONDS / 3600),
                "CHAOS_MARK": self.mark,
            }
        )

    def flask(self, *words: str) -> None:
        """Run a flask command to its end, on no host."""
        environ = self.environ_for(self.cluster.url, self.bucket.endpoint)
        with self.log.open("ab") as log:
            subprocess.run(
                [BIN / "flask", "--app", "ffremote", *words],
                env=environ | {"FFREMOTE_DATA_DIR": str(self.home / "desk")},
                stdout=log,
                stderr=log,
                check=True,
            )

    def tend(self) -> None:
        """Boot the hosts that are down, when their time has come."""
        for host in self.hosts.values():
            if not host.is_alive and monotonic() >= host.down_until:
                host.start(self.log)

    def is_up(self) -> bool:
        """Whether both servers answer."""
        return all(answers(host.port) for host in self.matching("server"))

    def has_workers(self) -> bool:
        """Whether all workers have registered themselves."""
        try:
            with urllib.request.urlopen(f"{self.url}/workers", timeout=5) as answer:
                return len(json.load(answer)["items"]) >= len(self.matching("worker"))
        except (OSError, urllib.error.URLError):
            return False

    def calm(self) -> None:
        """Mend all lines, set all clocks, and let hosts that are down come back."""
        for host in self.hosts.values():
            self.network.mend(host.line)
            host.clock.step(timedelta())
            host.down_until = 0.0

    def stop(self) -> None:
        """Stop all programs: a first signal drains, a second releases the jobs."""
        self.calm()
        for _ in range(2):
            for host in self.hosts.values():
                host.ask_to_stop()
            wait_for(
                lambda: not any(each.is_alive for each in self.hosts.values()), STOP_SECONDS / 2
            )
        for host in self.hosts.values():
            if host.process is not None:
                host.process.kill()
                host.process.wait()

    def strays(self) -> list[int]:
        """Return the processes that are left."""
        return list(marked(f"CHAOS_MARK={self.mark}"))

    def _storage_url(self, endpoint: str) -> str:
        return f"s3://{BUCKET}/{self.prefix}?endpoint={endpoint}&region={REGION}&part=5"


def marked(setting: str) -> Iterator[int]:
    """Yield the processes that have this line in their environment."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                lines = (entry / "environ").read_bytes().split(b"\0")
                dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue
            if setting.encode() in lines and not dead:
                yield int(entry.name)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def answers(port: int) -> bool:
    """Whether a server answers at this port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1):
            return True
    except (OSError, urllib.error.URLError):
        return False
