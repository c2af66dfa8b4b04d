"""Faults of workers over HTTP: cut off, slowed, wiped, without their token."""

import random
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

from ffremote.clock import monotonic
from tests.chaos.estate import Estate
from tests.chaos.processes import send
from tests.support.throttling_proxy import ThrottlingProxy

SLOW_BYTES = 150_000.0


@dataclass(slots=True)
class _Revoked:
    """A worker whose token was revoked, and when it is asked to end."""

    name: str
    pid: int
    at: float
    is_asked: bool = False


@dataclass(slots=True)
class Far:
    """Injects these faults on the workers over HTTP of an estate; on one without, none."""

    estate: Estate
    draw: random.Random
    _heal_at: float | None = None
    _revoked: list[_Revoked] = field(default_factory=list)

    def faults(self) -> dict[Callable[[], str | None], int]:
        """Return the faults with their weights."""
        if not self.estate.remote:
            return {}
        return {
            self._cut: 4,
            self._silence: 2,
            self._slow: 4,
            self._wipe: 2,
            self._revoke: 2,
        }

    def poll(self) -> None:
        """Heal the network, and let workers with a revoked token be replaced, in time."""
        if self._heal_at is not None and monotonic() > self._heal_at:
            self.calm()
        programs = self.estate.programs
        self._revoked = [each for each in self._revoked if programs[each.name].pid == each.pid]
        for each in self._revoked:
            if not each.is_asked and monotonic() > each.at:
                each.is_asked = True
                send(each.pid, signal.SIGTERM)

    @property
    def owed(self) -> list[str]:
        """The workers that have not ended although their token was revoked."""
        return [f"{each.name} (token revoked)" for each in self._revoked]

    def calm(self) -> None:
        """Heal the network now."""
        self._heal_at = None
        if self.estate.proxy is not None:
            self.estate.proxy.heal()

    def _cut(self) -> str | None:
        return self._disturb("network cut", 8, ThrottlingProxy.cut)

    def _silence(self) -> str | None:
        return self._disturb("network silent", 8, ThrottlingProxy.silence)

    def _slow(self) -> str | None:
        return self._disturb("network slowed", 6, lambda proxy: proxy.slow(SLOW_BYTES))

    def _disturb(
        self, cause: str, seconds: float, disturb: Callable[[ThrottlingProxy], None]
    ) -> str | None:
        proxy = self.estate.proxy
        if proxy is None or self._heal_at is not None:
            return None
        disturb(proxy)
        self._heal_at = monotonic() + self.draw.uniform(0.3, seconds)
        return cause

    def _wipe(self) -> str | None:
        """Kill a worker with all that it runs, and remove all that it has."""
        name = self._end()
        if name is None:
            return None
        shutil.rmtree(self.estate.home_of(name), ignore_errors=True)
        return "remote wiped"

    def _revoke(self) -> str | None:
        """Revoke the token of a worker while it runs; later it is started anew with another."""
        name = self.draw.choice(self.estate.remote)
        if any(each.name == name for each in self._revoked):
            return None
        old = self.estate.tokens[name]
        try:
            self.estate.add_token(name)
            self.estate.flask("token", "revoke", old.name)
        except subprocess.CalledProcessError:
            return None  # the disk is full
        at = monotonic() + self.draw.uniform(0, 4)
        self._revoked.append(_Revoked(name, self.estate.programs[name].pid, at))
        return "token revoked"

    def _end(self) -> str | None:
        name = self.draw.choice(self.estate.remote)
        program = self.estate.programs[name]
        if program.poll() is not None:
            return None
        family = [each.pid for each in self.estate.family_of(program.pid)]
        for pid in (program.pid, *family):
            send(pid, signal.SIGKILL)
        program.wait()
        return name
