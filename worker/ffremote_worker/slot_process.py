"""Starts a slot as a process of its own, and signals it."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from ffremote import clock


@dataclass(frozen=True, slots=True)
class SlotOptions:
    """What the worker's command line says to its slots; `environ` are settings from options."""

    once: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)


class SlotProcess:
    """One running slot."""

    def __init__(self, worker_id: str, *, sandbox: str, options: SlotOptions) -> None:
        self.started = clock.monotonic()
        arguments = ["--worker", worker_id, "--holder", str(uuid.uuid4())]
        arguments += ["--parent", str(os.getpid()), "--sandbox", sandbox]
        arguments += ["--once"] if options.once else []
        # Its own session: Ctrl-C in a terminal reaches the supervisor only; it signals the slots.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ffremote_worker.slot", *arguments],
            env={**os.environ, **options.environ},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the slot's process only; the slot ends its FFmpeg itself."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    @property
    def has_ended(self) -> bool:
        """Whether the process has ended (and is reaped)."""
        return self.process.poll() is not None
