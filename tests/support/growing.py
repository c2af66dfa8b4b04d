"""A file that grows in steps while it is read, as an upload does, and a job that overlaps it."""

import os
from itertools import accumulate, repeat
from pathlib import Path
from typing import Any

from ffremote import ffmpeg
from ffremote.host.closeable import Closeable
from ffremote.spec import Input
from tests.support.job_directory import JobDirectory, ignore


class Growing(Closeable):
    """The file at `path`, of which each look finds `step` bytes more."""

    def __init__(self, path: Path, step: int = 1 << 16) -> None:
        self.size = path.stat().st_size
        self._descriptor = os.open(path, os.O_RDONLY)
        self._ready = accumulate(repeat(step))

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def fileno(self) -> int:
        return self._descriptor

    def ready(self) -> int:
        return min(next(self._ready), self.size)


def run_overlapped(directory: JobDirectory, **job: Any) -> bytes:
    """Run a job on the only input of the directory while it grows; return the result's bytes.

    The whole input is probed and planned afterwards, and must lead to the same command.
    """
    path = directory.path / "input"
    with Growing(path) as file:
        early = ffmpeg.probe_arriving(
            directory.runtime, directory.path, file, on_progress=ignore, source=Input()
        )
        directory.infos = [early]
        begun = ffmpeg.piped(directory.plan_job(**job))
        feeder = ffmpeg.Feeder(file)
        outcome = ffmpeg.run(
            directory.runtime,
            begun,
            cwd=directory.path,
            log=directory.log,
            on_progress=ignore,
            tick_seconds=0.2,
            feeder=feeder,
        )
    assert feeder.is_complete
    whole = directory.probe()
    plan = ffmpeg.plan(
        directory.job,
        [whole],
        directory.capabilities,
        directory.runtime.limits,
        attempt=begun.output.split("/")[0],
    )
    ffmpeg.require_same(begun, early, plan, whole)
    made = ffmpeg.verify(
        directory.runtime,
        plan.outputs[0],
        outcome.evidence[0],
        cwd=directory.path,
        on_progress=ignore,
    )
    ffmpeg.check_complete(plan.expected, made, outcome.evidence[0])
    return directory.result.read_bytes()
