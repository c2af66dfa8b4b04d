"""Faults of a fleet by seed: hosts killed and wiped, cut off, clocks stepped; the bucket gone."""

import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from ffremote.clock import monotonic
from tests.chaos.estate import send
from tests.chaos.fleet.hosts import Fleet, Host, answers
from tests.chaos.outages import Outages
from tests.support.s3_servers import S3Server

HOUR = timedelta(hours=1)


class Bucket:
    """The processes of an S3 server, which are killed and started again with their data."""

    def __init__(self, server: S3Server) -> None:
        self._processes = list(server.processes)

    def kill_and_start(self) -> None:
        """Kill them, and start them with the same words and data."""
        for number, process in enumerate(self._processes):
            process.kill()
            process.wait()
            self._processes[number] = subprocess.Popen(
                process.args,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def freeze(self) -> None:
        """Let it accept connections and not answer."""
        for process in self._processes:
            send(process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        for process in self._processes:
            send(process.pid, signal.SIGCONT)

    def end(self) -> None:
        """Kill what was started here."""
        self.thaw()
        for process in self._processes:
            process.kill()
            process.wait()


@dataclass(slots=True)
class Monkey:
    """Injects one fault at each `turn`, and ends each in time."""

    fleet: Fleet
    bucket: Bucket
    draw: random.Random
    outages: Outages
    faults: Counter[str] = field(default_factory=Counter)
    _due: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def turn(self) -> None:
        """Inject a fault."""
        faults: dict[Callable[[], str], int] = {
            self._kill_worker: 6,
            self._kill_server: 3,
            self._kill_keeper: 2,
            self._cut_off: 5,
            self._step_clock: 3,
            self._freeze_bucket: 2,
            self._kill_bucket: 1,
        }
        [fault] = self.draw.choices(list(faults), list(faults.values()))
        self.faults[fault()] += 1

    def poll(self) -> None:
        """End the faults whose time has come."""
        self.outages.poll()
        now = monotonic()
        for at, undo in self._due:
            if at <= now:
                undo()
        self._due = [(at, undo) for at, undo in self._due if at > now]

    def calm(self) -> None:
        """End all faults."""
        self.outages.calm()
        for _, undo in self._due:
            undo()
        self._due.clear()
        self.fleet.calm()

    def _later(self, seconds: float, undo: Callable[[], None]) -> None:
        self._due.append((monotonic() + seconds, undo))

    def _kill_worker(self) -> str:
        return self._kill(self.draw.choice(self.fleet.matching("worker")), "worker")

    def _kill_server(self) -> str:
        """Lose a server; one stays, as behind any balancer that is of use."""
        servers = self.fleet.matching("server")
        victim = self.draw.choice(servers)
        if not all(answers(host.port) for host in servers):
            return "server host left alone"
        return self._kill(victim, "server")

    def _kill_keeper(self) -> str:
        return self._kill(self.fleet.hosts["keeper"], "cleanup")

    def _kill(self, host: Host, what: str) -> str:
        wipe, seconds = self.draw.random() < 0.6, self.draw.uniform(0.0, 4.0)
        if not host.is_alive:
            return f"{what} host was down already"
        host.kill(wipe=wipe, seconds=seconds)
        return f"{what} host killed" + (" and wiped" if wipe else "")

    def _cut_off(self) -> str:
        host = self.draw.choice(list(self.fleet.hosts.values()))
        self.fleet.network.cut(host.line)
        self._later(self.draw.uniform(1, 15), lambda: self.fleet.network.mend(host.line))
        return "host cut off"

    def _step_clock(self) -> str:
        host = self.draw.choice(list(self.fleet.hosts.values()))
        host.clock.step(self.draw.choice((HOUR, -HOUR)))
        self._later(self.draw.uniform(2, 12), lambda: host.clock.step(timedelta()))
        return "clock stepped"

    def _freeze_bucket(self) -> str:
        self.bucket.freeze()
        self._later(self.draw.uniform(0.5, 8), self.bucket.thaw)
        return "bucket frozen"

    def _kill_bucket(self) -> str:
        self.bucket.thaw()
        self.bucket.kill_and_start()
        return "bucket killed"
