"""One confined run of ffprobe, and the JSON that it answers."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ffremote import clock
from ffremote.states import FailureReason, Phase

from ..model.failure import TranscodeError, refuse
from ..model.report import OnProgress, Report
from ..process.diagnosis import explain
from ..process.process import Process, Watch, follow
from ..process.progress_estimate import TOP
from ..process.stderr import Messages
from ..runtime import Runtime

MAX_ANSWER = 1 << 18
BEAT_SECONDS = 0.5
MAX_SECONDS = 300.0


def ask(
    runtime: Runtime, cwd: Path, arguments: Sequence[str], *, on_progress: OnProgress, phase: Phase
) -> dict[str, Any]:
    """Run ffprobe with `arguments`, confined to `cwd`; `on_progress` is called as in `run`.

    Raises TranscodeError where it fails, answers without end, or takes too long.
    """
    answer = bytearray()
    messages = Messages()
    started = clock.monotonic()

    def take(data: bytes) -> None:
        answer.extend(data)
        if len(answer) > MAX_ANSWER:
            raise refuse(FailureReason.UNSUPPORTED_INPUT, "The input describes itself endlessly.")

    def on_tick(process: Process) -> None:
        if clock.monotonic() - started > MAX_SECONDS:
            raise refuse(
                FailureReason.RESOURCE_LIMIT,
                f"The input was not understood within {MAX_SECONDS:.0f} seconds.",
            )
        percent = TOP if phase is Phase.VERIFYING else 0
        on_progress(Report(phase, percent, pid=process.pid, pid_started=process.started))

    sandbox, program = runtime.sandbox, runtime.binaries.ffprobe
    ended = follow(
        sandbox.command(program, arguments, cwd=cwd, writable=None),
        cwd=cwd,
        environ=sandbox.environ("."),
        watch=Watch(on_tick, BEAT_SECONDS, take, messages.take),
    )
    if ended.code != 0:
        raise TranscodeError(explain(ended, messages, attempt="-", is_probe=True))
    try:
        found: dict[str, Any] = json.loads(answer)
    except (ValueError, RecursionError) as exc:
        raise refuse(
            FailureReason.UNSUPPORTED_INPUT, "The input describes itself in no way that is known."
        ) from exc
    return found
