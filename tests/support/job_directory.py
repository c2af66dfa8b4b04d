"""A job's directory in which tests probe, plan, run and verify as a worker does."""

import io
import shutil
from pathlib import Path
from typing import Any

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from ffremote.ffmpeg import OnProgress, Report
from ffremote.ffmpeg.runtime import Runtime
from ffremote.spec.roles import UNPROBED

PRESETS = spec.presets.load(Settings())


def ignore(_report: Report) -> None:
    """Ignore a progress report."""


def _build(job: dict[str, Any]) -> spec.JobSpec:
    name = {} if "outputs" in job else {"output_filename": "out.mp4"}
    return spec.build_job({**name, **job}, presets=PRESETS)


class JobDirectory:
    """The inputs, and the jobs run on them; the attributes hold the outcome of the last job.

    `infos` describe the inputs and `info` the first, `result` is the path of the result, and `log`
    has all that FFmpeg wrote in any job.
    """

    def __init__(
        self,
        runtime: Runtime,
        capabilities: ffmpeg.Capabilities,
        path: Path,
        *sources: Path | bytes,
    ) -> None:
        self.runtime, self.capabilities, self.path = runtime, capabilities, path
        self.log = io.BytesIO()
        self._attempts = 0
        several = len(sources) > 1
        folders = [path / f"inputs/{n}" for n in range(len(sources))] if several else [path]
        self.folders = folders[: len(sources)]
        for folder, source in zip(self.folders, sources, strict=True):
            folder.mkdir(parents=True, exist_ok=True)
            if isinstance(source, bytes):
                (folder / "input").write_bytes(source)
            else:
                shutil.copyfile(source, folder / "input")

    def probe(self, on_progress: OnProgress = ignore, **job: Any) -> ffmpeg.MediaInfo:
        """Probe the inputs as a job declares them; return what the first one contains.

        Without any that is nothing.
        """
        sources = _build(job).sources if {"input", "inputs"} & job.keys() else ()
        declared = (*sources, *[spec.Input()] * (len(self.folders) - len(sources)))
        self.infos = [
            ffmpeg.inspect(folder / "input", source.role)
            if source.role in UNPROBED
            else ffmpeg.probe(self.runtime, folder, "input", on_progress=on_progress, source=source)
            for folder, source in zip(self.folders, declared, strict=True)
        ]
        self.info = self.infos[0] if self.infos else ffmpeg.MediaInfo("", None, ())
        return self.info

    def probe_for(self, job: dict[str, Any], on_progress: OnProgress = ignore) -> None:
        """Probe the inputs in the roles that the job gives them."""
        sources = _build(job).sources
        if not any(source.is_sequence for source in sources):
            self.probe(on_progress, **job)
            return
        attempt = f"try{self._attempts + 1}"
        (self.path / attempt).mkdir(exist_ok=True)
        self.infos = []
        for number, (folder, source) in enumerate(zip(self.folders, sources, strict=True)):
            if not source.is_sequence:
                info = ffmpeg.probe(self.runtime, folder, "input", on_progress=on_progress)
            else:
                info = ffmpeg.probe_sequence(
                    self.runtime,
                    self.path,
                    str((folder / "input").relative_to(self.path)),
                    attempt=attempt,
                    number=number,
                    fps=source.fps,
                    on_progress=on_progress,
                )
            self.infos.append(info)
        self.info = self.infos[0]

    def plan_job(self, **job: Any) -> ffmpeg.Plan:
        """Plan a job on the probed inputs, with a directory for its attempt."""
        self._attempts += 1
        attempt = f"try{self._attempts}"
        (self.path / attempt).mkdir(exist_ok=True)
        self.job = _build(job)
        limits = self.runtime.limits
        self.plan = ffmpeg.plan(self.job, self.infos, self.capabilities, limits, attempt=attempt)
        self.result = self.path / self.plan.output
        return self.plan

    def run_plan(
        self,
        plan: ffmpeg.Plan,
        *,
        on_progress: OnProgress = ignore,
        tick_seconds: float = 0.2,
        wake_fd: int | None = None,
    ) -> ffmpeg.MediaInfo:
        """Run a plan and verify its outputs; return what ffprobe reads in the first one."""
        self.outcome = ffmpeg.run(
            self.runtime,
            plan,
            cwd=self.path,
            log=self.log,
            on_progress=on_progress,
            tick_seconds=tick_seconds,
            wake_fd=wake_fd,
        )
        self.made, self.doubts = [], ()
        for output, evidence in zip(plan.outputs, self.outcome.evidence, strict=True):
            made = self._verify(output, evidence, on_progress)
            self.doubts += ffmpeg.check_complete(output.expected, made, evidence)
            self.made.append(made)
        return self.made[0]

    def _verify(
        self, output: ffmpeg.PlannedOutput, evidence: ffmpeg.Evidence, on_progress: OnProgress
    ) -> ffmpeg.MediaInfo:
        if output.layout is None:
            return ffmpeg.verify(
                self.runtime, output, evidence, cwd=self.path, on_progress=on_progress
            )
        self.package = ffmpeg.verify_package(
            self.runtime, output, evidence, cwd=self.path, on_progress=on_progress
        )
        return self.package.info

    def run(
        self, *, on_progress: OnProgress = ignore, tick_seconds: float = 0.2, **job: Any
    ) -> ffmpeg.MediaInfo:
        """Run a job from the probe to the verified result; raise TranscodeError if it fails."""
        self.probe_for(job, on_progress)
        plan = self.plan_job(**job)
        made = self.run_plan(plan, on_progress=on_progress, tick_seconds=tick_seconds)
        self.lost = ()
        for product, output, each in zip(self.job.products, plan.outputs, self.made, strict=True):
            if output.kind is not ffmpeg.OutputKind.FILE:
                continue
            self.lost += ffmpeg.lost_properties(product, self.infos, output, each)
        return made

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings of the plan, of the run, and about properties that were lost."""
        return (*self.plan.warnings, *self.doubts, *self.lost)
