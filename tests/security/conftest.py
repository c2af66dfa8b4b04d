"""Builds, canaries and a worker's way with one job."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from tests.security.canary import Canary


@pytest.fixture(scope="session")
def capabilities(build: ffmpeg.Binaries) -> ffmpeg.Capabilities:
    """What `build` can do."""
    return ffmpeg.read_capabilities(build)


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A canary beside the jobs."""
    made = Canary()
    yield made
    made.close()


class Shop:
    """Does with one input what a worker does, and keeps what came of it."""

    def __init__(
        self,
        build: ffmpeg.Binaries,
        capabilities: ffmpeg.Capabilities,
        sandbox: str,
        root: Path,
        **more: Any,
    ) -> None:
        limits = {"max_memory_bytes": 1 << 30, "max_output_bytes": 64 << 20, "min_free_bytes": 0}
        settings = Settings(
            ffmpeg=str(build.ffmpeg),
            ffprobe=str(build.ffprobe),
            sandbox=sandbox,  # type: ignore[arg-type]  # two words of a Literal
            max_duration_hours=2,
            **(limits | more),
        )
        self.runtime = ffmpeg.make_runtime(settings)
        self.capabilities = capabilities
        self.root = root

    def room(self, content: bytes | Path) -> Path:
        """Make a job's directory with this input."""
        room = self.root / "job"
        shutil.rmtree(room, ignore_errors=True)
        (room / "try1").mkdir(parents=True)
        if isinstance(content, Path):
            shutil.copyfile(content, room / "input")
        else:
            (room / "input").write_bytes(content)
        return room

    def run(self, room: Path, **job: Any) -> str:
        """Do the job; return `completed` or the reason of its failure, and what was said."""
        asked = spec.build_job({"output_filename": "out.mkv", **job})
        log = io.BytesIO()
        try:
            info = ffmpeg.probe(self.runtime, room, "input", on_progress=lambda report: None)
            self.plan = plan = ffmpeg.plan(
                asked, info, self.capabilities, self.runtime.limits, attempt="try1"
            )
            outcome = ffmpeg.run(
                self.runtime,
                plan,
                cwd=room,
                log=log,
                on_progress=lambda report: None,
                tick_seconds=1,
            )
            made = ffmpeg.verify(self.runtime, plan, cwd=room, on_progress=lambda report: None)
            ffmpeg.check_complete(plan.expected, made, outcome.evidence)
        except ffmpeg.TranscodeError as exc:
            self.said = log.getvalue() + repr(exc.failure).encode()
            return str(exc.failure.reason)
        self.said = log.getvalue()
        return "completed"
