"""Stops all processes of a PostgreSQL, as if its host were lost, and lets them go on."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.postgresql import Cluster


@contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    """Stop the cluster's processes with SIGSTOP while this context lasts."""
    main = int(Path(cluster.home, "data", "postmaster.pid").read_text().split()[0])
    os.kill(main, signal.SIGSTOP)  # the first: it would start others
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    stopped = [main, *map(int, children)]
    try:
        for pid in stopped:
            _send(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in reversed(stopped):
            _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
