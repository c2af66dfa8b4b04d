"""Run jobs on hostile inputs as a worker does, with tight limits; failures are results, too."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ffremote import ffmpeg
from ffremote.config import Settings
from tests.support.growing import run_overlapped
from tests.support.job_directory import JobDirectory

LIMITS: dict[str, Any] = {
    "max_memory_bytes": 1 << 30,
    "max_output_bytes": 64 << 20,
    "min_free_bytes": 0,
    "max_duration_hours": 2,
}


class JobRunner:
    """Runs one job after another in a directory of `root`; `output` is what FFmpeg wrote."""

    def __init__(
        self,
        build: ffmpeg.Binaries,
        capabilities: ffmpeg.Capabilities,
        root: Path,
        *,
        sandbox: str = "auto",
        **limits: Any,
    ) -> None:
        settings = Settings(
            ffmpeg=str(build.ffmpeg),
            ffprobe=str(build.ffprobe),
            sandbox=sandbox,
            **(LIMITS | limits),
        )
        self.runtime = ffmpeg.make_runtime(settings)
        self.capabilities = capabilities
        self.root = root
        self.output = b""
        self.measurements: Mapping[str, Any] = {}

    def prepare(self, *contents: bytes | Path) -> Path:
        """Make a fresh job's directory with these inputs; return its path."""
        path = self.root / "job"
        shutil.rmtree(path, ignore_errors=True)
        self._directory = JobDirectory(self.runtime, self.capabilities, path, *contents)
        (path / "try1").mkdir()
        return path

    def run(self, **job: Any) -> str:
        """Run a job in the prepared directory; return `completed` or the reason of its failure."""

        def convert() -> None:
            self._directory.run(tick_seconds=1, **{"output_filename": "out.mkv"} | job)
            self.measurements = self._directory.outcome.measurements

        return self._outcome_of(convert)

    def run_arriving(self, **job: Any) -> str:
        """Do the same while the only input arrives: FFmpeg reads it from a pipe."""
        return self._outcome_of(
            lambda: run_overlapped(self._directory, **{"output_filename": "out.mkv"} | job)
        )

    def _outcome_of(self, convert: Callable[[], object]) -> str:
        directory = self._directory
        try:
            convert()
        except ffmpeg.TranscodeError as exc:
            self.output = directory.log.getvalue() + repr(exc.failure).encode()
            return str(exc.failure.reason)
        self.output = directory.log.getvalue()
        return "completed"

    @property
    def plan(self) -> ffmpeg.Plan:
        """The plan of the last job."""
        return self._directory.plan
