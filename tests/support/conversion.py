"""One job from its input to its verified result, without a server and a worker."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ffremote import ffmpeg
from ffremote.ffmpeg.runtime import Runtime
from tests.support.job_directory import JobDirectory, ignore


@dataclass(frozen=True, slots=True)
class Converter:
    """One FFmpeg, confined as jobs are, and a directory `home` for jobs."""

    runtime: Runtime
    capabilities: ffmpeg.Capabilities
    home: Path


@dataclass(frozen=True, slots=True)
class Converted:
    """A result: the file, what ffprobe reads in it, its plan, and the warnings of the run."""

    path: Path
    info: ffmpeg.MediaInfo
    plan: ffmpeg.Plan
    doubts: tuple[str, ...] = ()
    """Warnings about the completeness of the result."""

    @property
    def video(self) -> ffmpeg.Stream:
        """The first video stream."""
        return self.info.of_kind("video")[0]

    @property
    def audio(self) -> ffmpeg.Stream:
        """The first audio stream."""
        return self.info.of_kind("audio")[0]


def convert(converter: Converter, source: Path, output: str, **job: Any) -> Converted:
    """Run a job as a worker does; raise TranscodeError if it fails."""
    path = converter.home / f"job{len(list(converter.home.iterdir()))}"
    directory = JobDirectory(converter.runtime, converter.capabilities, path, source)
    made = directory.run(output_filename=output, **job)
    plan = directory.plan
    if plan.expected.streams.count("video") and _has_mastering_display(directory.info):
        # mastering metadata is in the frames, which are read only when an input is probed
        [output] = plan.outputs
        made = ffmpeg.probe(
            converter.runtime, path, output.path, on_progress=ignore, demuxer=output.demuxer
        )
    return Converted(directory.result, made, plan, tuple(directory.doubts))


def _has_mastering_display(info: ffmpeg.MediaInfo) -> bool:
    return any(stream.mastering_display for stream in info.streams)
