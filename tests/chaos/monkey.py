"""Faults by seed: kills, stops, a full disk, clock steps; and how long each recovery takes."""

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import OperationalError

from ffremote.clock import monotonic
from tests.chaos.estate import Estate
from tests.chaos.far import Far
from tests.chaos.outages import Outages
from tests.chaos.processes import Process, send
from tests.chaos.witness import Held, Witness

HOUR = timedelta(hours=1)
FILLER = "filler"


@dataclass(frozen=True, slots=True, order=True)
class Recovery:
    """The time until a program was restarted or a claim taken over, after a fault."""

    seconds: float
    cause: str
    what: str


@dataclass(slots=True)
class Monkey:
    """Injects one fault at each `turn`; `may_fill` allows it to fill the disk."""

    estate: Estate
    witness: Witness
    draw: random.Random
    may_fill: bool
    outages: Outages
    far: Far
    faults: Counter[str] = field(default_factory=Counter)
    recoveries: list[Recovery] = field(default_factory=list)
    _hit: list[Held] = field(default_factory=list)
    _asleep: list[tuple[float, int]] = field(default_factory=list)
    _server_down: float | None = None
    _filled_until: float | None = None

    def turn(self) -> None:
        """Inject a fault, then check which earlier ones have recovered."""
        faults: dict[Callable[[], str | None], int] = {
            self._kill_ffmpeg: 22,
            self._kill_slot: 18,
            self._stop_slot: 3,
            self._stop_ffmpeg: 4,
            self._kill_worker: 2,
            self._kill_server: 1,
            self._stop_server: 1,
            self._drain_worker: 1,
            self._kill_cleanup: 3,
            self._stop_cleanup: 1,
            self._step_clock: 2,
            self._fill_disk: 1,
            **self.far.faults(),
        }
        [fault] = self.draw.choices(list(faults), list(faults.values()))
        done = fault() or self._kill_ffmpeg()  # while jobs run, there usually is one
        if done is not None:
            self.faults[done] += 1

    def poll(self) -> None:
        """Continue stopped processes in time, empty the disk, and record recoveries."""
        self._wake()
        self.outages.poll()
        self.far.poll()
        if self._filled_until is not None and monotonic() > self._filled_until:
            self._filler.unlink(missing_ok=True)
            self._filled_until = None
        if not self.outages.is_away:
            self._hit = [held for held in self._hit if not self._has_recovered(held)]
        if self._server_down is not None and self.estate.is_up():
            seconds = monotonic() - self._server_down
            self.recoveries.append(Recovery(seconds, "server killed", "the server"))
            self._server_down = None

    def _has_recovered(self, held: Held) -> bool:
        """Return whether the claim was taken over, and record the time that it took."""
        if not self.witness.is_recovered(held):
            return False
        self.recoveries.append(Recovery(monotonic() - held.at, held.cause, held.job_id))
        return True

    def calm(self) -> None:
        """Undo the faults that are still active."""
        self.outages.calm()
        self.far.calm()
        self.estate.resume()
        self._asleep.clear()
        self._filler.unlink(missing_ok=True)
        self._filled_until = None

    @property
    def kills(self) -> int:
        """The number of killed processes."""
        return sum(count for fault, count in self.faults.items() if fault.endswith("killed"))

    @property
    def owed(self) -> list[str]:
        """The faults that have not recovered yet."""
        owed = [f"job {held.job_id} ({held.cause})" for held in self._hit]
        owed += self.far.owed
        return owed + (["server"] if self._server_down is not None else [])

    @property
    def _filler(self) -> Path:
        return self.estate.data_dir / FILLER

    def _kill_ffmpeg(self) -> str | None:
        return self._strike(self._working_ffmpeg(), signal.SIGKILL, "FFmpeg killed")

    def _kill_slot(self) -> str | None:
        slot = self._any("ffremote_worker.slot")
        return self._strike(slot, signal.SIGKILL, "slot killed")

    def _stop_slot(self) -> str | None:
        slot = self._any("ffremote_worker.slot")
        return self._strike(slot, signal.SIGSTOP, "slot stopped", self.draw.uniform(0.5, 9))

    def _stop_ffmpeg(self) -> str | None:
        ffmpeg = self._working_ffmpeg()
        return self._strike(ffmpeg, signal.SIGSTOP, "FFmpeg stopped", self.draw.uniform(0.2, 2))

    def _kill_worker(self) -> str | None:
        return self._strike(
            self._program(self.draw.choice(self.estate.workers)), signal.SIGKILL, "worker killed"
        )

    def _drain_worker(self) -> str | None:
        worker = self._program(self.draw.choice(self.estate.workers))
        return self._strike(worker, signal.SIGTERM, "worker drained")

    def _kill_cleanup(self) -> str | None:
        return self._strike(self._program("cleanup"), signal.SIGKILL, "cleanup killed")

    def _stop_cleanup(self) -> str | None:
        """Stop it between its check and its removal, like a suspended laptop."""
        seconds = self.draw.uniform(0.2, 3)
        return self._strike(self._program("cleanup"), signal.SIGSTOP, "cleanup stopped", seconds)

    def _kill_server(self) -> str | None:
        done = self._strike(self._program("server"), signal.SIGKILL, "server killed")
        if done is not None:
            self._server_down = self._server_down or monotonic()
        return done

    def _stop_server(self) -> str | None:
        seconds = self.draw.uniform(0.2, 3)
        return self._strike(self._program("server"), signal.SIGSTOP, "server stopped", seconds)

    def _step_clock(self) -> str | None:
        """Step the stored times and, with libfaketime, the clock of a running worker."""
        if self.outages.is_away:
            return None
        step = self.draw.choice((HOUR, -HOUR))
        clock = self.estate.clocks[self.draw.choice(self.estate.workers)]
        try:
            self.witness.shift_heartbeats(step)
        except OperationalError:
            return None  # the disk is full, or a stopped process holds the lock
        clock.step(step)
        return "clock stepped"

    def _fill_disk(self) -> str | None:
        if not self.may_fill or self._filled_until is not None:
            return None
        try:
            with self._filler.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(1 << 20))
        except OSError:
            self._filled_until = monotonic() + self.draw.uniform(0.5, 3)
        return "disk filled"

    def _strike(
        self, victim: Process | None, number: signal.Signals, cause: str, seconds: float = 0
    ) -> str | None:
        """Send a signal to a victim; record the claims that its loss must free."""
        if victim is None:
            return None
        held = []
        if cause in ("slot killed", "worker killed") and not self.outages.is_away:
            held = self.witness.held_by(self._holders(victim), cause)
        if not send(victim.pid, number):
            return None
        self._hit += held
        if seconds:
            self._asleep.append((monotonic() + seconds, victim.pid))
        return cause

    def _holders(self, victim: Process) -> frozenset[str]:
        """Return the holder names of a slot, or of all slots of a worker."""
        slots = [p for p in self.estate.family() if p.is_a("ffremote_worker.slot")]
        return frozenset(
            slot.option("--holder") for slot in slots if victim.pid in (slot.pid, slot.parent)
        )

    def _wake(self) -> None:
        now = monotonic()
        for at, pid in self._asleep:
            if at <= now:
                send(pid, signal.SIGCONT)
        self._asleep = [(at, pid) for at, pid in self._asleep if at > now]

    def _any(self, name: str) -> Process | None:
        return self._one_of(process for process in self.estate.family() if process.is_a(name))

    def _working_ffmpeg(self) -> Process | None:
        """Return an FFmpeg that runs a job, not one that a program queries at its start."""
        name = self.estate.ffmpeg.name
        return self._one_of(p for p in self.estate.family() if p.at_job and p.is_a(name))

    def _one_of(self, found: Iterable[Process]) -> Process | None:
        sure = sorted(found, key=lambda process: process.pid)
        return self.draw.choice(sure) if sure else None

    def _program(self, name: str) -> Process | None:
        program = self.estate.programs[name]
        return None if program.poll() is not None else Process(program.pid, os.getpid(), [])
