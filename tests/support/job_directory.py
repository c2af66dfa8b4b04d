"""A job's directory in which tests plan, run and verify as a worker does."""

import io
import shutil
from pathlib import Path
from typing import Any

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from ffremote.ffmpeg.runtime import Runtime

PRESETS = spec.presets.load(Settings())


class Room:
    """One input, and jobs run on it."""

    def __init__(self, runtime: Runtime, able: ffmpeg.Capabilities, path: Path, source: Path):
        self.runtime, self.able, self.path = runtime, able, path
        self.log = io.BytesIO()
        shutil.copyfile(source, path / "input")

    def run(self, **job: Any) -> ffmpeg.MediaInfo:
        """Do one job; `plan`, `outcome`, `warnings` and the result file are kept."""
        attempt = f"try{len(list(self.path.iterdir()))}"
        (self.path / attempt).mkdir()
        asked = spec.build_job({"output_filename": "out.mp4", **job}, presets=PRESETS)
        info = ffmpeg.probe(self.runtime, self.path, "input", on_progress=lambda report: None)
        limits = self.runtime.limits
        self.plan = ffmpeg.plan(asked, info, self.able, limits, attempt=attempt)
        self.outcome = ffmpeg.run(
            self.runtime,
            self.plan,
            cwd=self.path,
            log=self.log,
            on_progress=lambda report: None,
            tick_seconds=0.2,
        )
        made = ffmpeg.verify(
            self.runtime, self.plan, cwd=self.path, on_progress=lambda report: None
        )
        self.result = self.path / self.plan.output
        found = ffmpeg.check_complete(self.plan.expected, made, self.outcome.evidence)
        lost = ffmpeg.lost_properties(asked, info, self.plan, made)
        self.warnings = (*self.plan.warnings, *found, *lost)
        return made
