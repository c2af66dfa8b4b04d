"""Runs ffprobe once, confined, and parses the JSON that it prints."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ffremote import clock
from ffremote.states import FailureReason, Phase

from ..model.failure import TranscodeError, refuse
from ..model.report import OnProgress, Report
from ..process.diagnosis import explain
from ..process.feeding import Feeder
from ..process.process import BoundedLog, Process, ProcessCallbacks, run_process
from ..process.progress_estimate import MAX_PERCENT
from ..process.stderr import Messages
from ..runtime import Runtime

MAX_OUTPUT_BYTES = 1 << 18
TICK_SECONDS = 0.5
MAX_SECONDS = 300.0


def run_ffprobe(
    runtime: Runtime,
    cwd: Path,
    arguments: Sequence[str],
    *,
    on_progress: OnProgress,
    phase: Phase,
    log: BoundedLog | None = None,
    max_bytes: int = MAX_OUTPUT_BYTES,
    feeder: Feeder | None = None,
) -> dict[str, Any]:
    """Run ffprobe with `arguments`, confined to `cwd`, and return its JSON.

    `on_progress` is called as in `transcode.run`; ffprobe's messages go to `log`; `feeder` writes
    its standard input, and the time in which it waits does not count. Raises TranscodeError when
    ffprobe fails, prints no JSON or more than `max_bytes`, or runs longer than MAX_SECONDS.
    """
    output, messages, started = bytearray(), Messages(log), clock.monotonic()

    def on_output(data: bytes) -> None:
        output.extend(data)
        _check_size(output, max_bytes)

    def on_tick(process: Process) -> None:
        _check_time(started + _waited_seconds(feeder))
        percent = MAX_PERCENT if phase is Phase.VERIFYING else 0
        on_progress(Report(phase, percent, pid=process.pid, pid_started=process.started))

    sandbox = runtime.sandbox
    ended = run_process(
        sandbox.command(runtime.binaries.ffprobe, arguments, cwd=cwd, writable=None),
        cwd=cwd,
        environ=sandbox.environ("."),
        callbacks=ProcessCallbacks(on_tick, TICK_SECONDS, on_output, messages.add),
        feeder=feeder,
    )
    if ended.code != 0:
        raise TranscodeError(explain(ended, messages, attempt="-", is_probe=True))
    return _parse(output)


def _waited_seconds(feeder: Feeder | None) -> float:
    """Return how long the input was not there yet; raise OSError if it will not be."""
    if feeder is None:
        return 0.0
    feeder.check()
    return feeder.waited_seconds


def _check_size(output: bytearray, max_bytes: int) -> None:
    if len(output) > max_bytes:
        raise refuse(FailureReason.UNSUPPORTED_INPUT, "The description of the input is too long.")


def _check_time(started: float) -> None:
    if clock.monotonic() - started > MAX_SECONDS:
        raise refuse(
            FailureReason.RESOURCE_LIMIT,
            f"Probing the input took longer than {MAX_SECONDS:.0f} seconds.",
        )


def _parse(output: bytearray) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(output)
    except (ValueError, RecursionError) as exc:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT, "The description of the input is malformed."
        ) from exc
    return parsed
