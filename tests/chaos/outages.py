"""Outages of PostgreSQL during a storm: hard restarts, and one time away."""

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from ffremote.clock import monotonic
from tests.support.postgresql import Cluster

AWAY_SECONDS = 45.0
RESTART_EVERY = 60.0


@dataclass(slots=True)
class Outages:
    """Stops and starts `cluster` on a plan; without a cluster (SQLite) it does nothing.

    The plan has times from the storm's begin: hard restarts spread over the storm, one for each
    minute, and the database away once, for 45 s or a quarter of a shorter storm.
    """

    cluster: Cluster | None
    restarts: list[float] = field(default_factory=list)
    away: tuple[float, float] = (0.0, 0.0)
    done: Counter[str] = field(default_factory=Counter)
    is_away: bool = False
    _begin: float = 0.0

    @classmethod
    def planned(cls, cluster: Cluster | None, seconds: float, draw: random.Random) -> "Outages":
        """Return the outages of a storm of this length, which begins now."""
        if cluster is None:
            return cls(None)
        length = min(AWAY_SECONDS, seconds / 4)
        start = draw.uniform(0.3, 0.6) * seconds
        parts = max(1, round(seconds / RESTART_EVERY))
        borders = [seconds * number / parts for number in range(parts + 1)]
        moments = [draw.uniform(*part) for part in pairwise(borders)]
        restarts = [at for at in moments if not start <= at <= start + length]
        return cls(cluster, restarts, (start, start + length), _begin=monotonic())

    def poll(self) -> None:
        """Do what is due."""
        if self.cluster is None:
            return
        now, (start, end) = monotonic() - self._begin, self.away
        if self.is_away and now >= end:
            self.calm()
        elif not self.is_away and start <= now < end and not self.done["database away"]:
            self.cluster.stop()
            self.is_away = True
            self.done["database away"] += 1
        elif not self.is_away and self.restarts and now >= self.restarts[0]:
            self.restarts.pop(0)
            self.cluster.stop()
            self.cluster.start()
            self.done["database restarted"] += 1

    def calm(self) -> None:
        """Start the database if it is away."""
        if self.cluster is not None and self.is_away:
            self.cluster.start()
            self.is_away = False
