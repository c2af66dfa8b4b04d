"""One job from its input to its verified result, without server and worker around it."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from ffremote.ffmpeg.runtime import Runtime
from ffremote.spec import presets

PRESETS = presets.load(Settings())


@dataclass(frozen=True, slots=True)
class Converter:
    """One FFmpeg, confined as jobs are, and a directory for jobs."""

    runtime: Runtime
    capabilities: ffmpeg.Capabilities
    home: Path

    def wants_mastering(self, info: ffmpeg.MediaInfo) -> bool:
        """Whether the result needs the second look that only inputs get."""
        return any(stream.mastering_display for stream in info.streams)


@dataclass(frozen=True, slots=True)
class Converted:
    """A result: the file, what ffprobe says of it, and what the client is told."""

    path: Path
    info: ffmpeg.MediaInfo
    plan: ffmpeg.Plan
    doubts: tuple[str, ...] = ()
    """What the run itself casts doubt on."""

    @property
    def film(self) -> ffmpeg.Stream:
        """The first video stream."""
        return self.info.of_kind("video")[0]

    @property
    def sound(self) -> ffmpeg.Stream:
        """The first audio stream."""
        return self.info.of_kind("audio")[0]


def convert(converter: Converter, source: Path, output: str, **job: Any) -> Converted:
    """Run a job as a worker does; raise TranscodeError where it fails."""
    room = converter.home / f"job{len(list(converter.home.iterdir()))}"
    (room / "try1").mkdir(parents=True)
    shutil.copyfile(source, room / "input")
    asked = spec.build_job({"output_filename": output, **job}, presets=PRESETS)
    info = ffmpeg.probe(converter.runtime, room, "input", on_progress=lambda report: None)
    planned = ffmpeg.plan(
        asked, info, converter.capabilities, converter.runtime.limits, attempt="try1"
    )
    with (room / "log").open("wb") as log:
        outcome = ffmpeg.run(
            converter.runtime,
            planned,
            cwd=room,
            log=log,
            on_progress=lambda report: None,
            tick_seconds=0.2,
        )
    made = ffmpeg.verify(converter.runtime, planned, cwd=room, on_progress=lambda report: None)
    doubts = ffmpeg.check_complete(planned.expected, made, outcome.evidence)
    if planned.expected.streams.count("video") and converter.wants_mastering(info):
        made = ffmpeg.probe(
            converter.runtime,
            room,
            planned.output,
            on_progress=lambda report: None,
            demuxer=planned.demuxer,
        )
    return Converted(room / planned.output, made, planned, tuple(doubts))
