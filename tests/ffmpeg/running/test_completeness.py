"""Broken inputs are detected, and false headers are tolerated.

A row has an input, a job, and its end: `refused` as incomplete, `warned` (kept, with a warning
about a false claim or damage) or `kept` without a warning.
"""

import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.running.gaps import stream_ends
from ffremote.ffmpeg.runtime import Runtime
from tests.support.job_directory import JobDirectory
from tests.support.paths import MEDIA

MATERIAL = {
    "mp4": "-c copy -movflags +faststart",
    "mov": "-c copy",
    "mkv": "-c copy",
    "flv": "-c copy",
    "ts": "-c copy",
    "avi": "-c:v mpeg4 -c:a mp3",
    "wmv": "-c:v wmv2 -c:a wmav2",
    "webm": "-c:v libvpx -deadline realtime -c:a libopus",
    "ogg": "-vn -c:a libvorbis",
    "flac": "-vn",
    "mp3": "-vn",
    "wav": "-vn",
}


SOUNDS = ("ogg", "flac", "mp3", "wav")


class InputFiles:
    """Twelve seconds of video and audio in every container, each made once."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder
        picture = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=12")
        sound = ("-f", "lavfi", "-i", "sine=440:d=12")
        codecs = "-c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac"
        self.make("full.mp4", *picture, *sound, *codecs.split())

    def make(self, name: str, *words: str | Path) -> Path:
        """Make the file `name` with FFmpeg, unless it exists; return its path."""
        path = self.folder / name
        if not path.exists():
            argv = [self.program, "-v", "error", "-y", *words, path]
            subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
        return path

    def in_container(self, kind: str) -> bytes:
        """Return the file in the container `kind`."""
        words = MATERIAL[kind].split()
        return self.make(f"film.{kind}", "-i", self.folder / "full.mp4", *words).read_bytes()

    def converted(self, name: str, *words: str) -> bytes:
        """Return the file converted with `words`."""
        return self.make(name, "-i", self.folder / "full.mp4", *words).read_bytes()


@pytest.fixture(scope="session")
def inputs(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> InputFiles:
    """The inputs of the tables."""
    return InputFiles(binaries.ffmpeg, tmp_path_factory.mktemp("inputs"))


@dataclass
class Conversion:
    """The end of a job: what ffprobe reads in its result, or its failure; and the warnings."""

    info: ffmpeg.MediaInfo | None = None
    failure: ffmpeg.Failure | None = None
    warnings: tuple[str, ...] = ()

    @property
    def end(self) -> str:
        """`refused`, `warned` or `kept`."""
        if self.failure is not None:
            return "refused"
        return "warned" if self.warnings else "kept"

    @property
    def seconds(self) -> float | None:
        """The duration of the result's streams in seconds."""
        return None if self.info is None else max(stream_ends(self.info), default=None)


def convert(directory: JobDirectory, job: dict[str, Any]) -> Conversion:
    """Run a job; a failure is a result, too."""
    try:
        info = directory.run(tick_seconds=0.05, **{"output_filename": "out.mkv"} | job)
    except ffmpeg.TranscodeError as exc:
        return Conversion(failure=exc.failure)
    return Conversion(info, warnings=tuple(directory.doubts))


FAST = {"video": {"codec": "libx264", "preset": "ultrafast"}}
COPY = {"video": {"codec": "copy"}, "audio": {"codec": "copy"}}
SOUND = {"video": False, "audio": {"codec": "aac"}, "output_filename": "out.mka"}


def cut(kind: str, share: float = 0.55) -> Callable[[InputFiles], bytes]:
    """Return a maker of the file truncated to a share of its bytes."""
    return lambda inputs: inputs.in_container(kind)[
        : int(len(inputs.in_container(kind)) * share) + 1
    ]


def torn(kind: str) -> Callable[[InputFiles], bytes]:
    """Return a maker of the file with the second half of its bytes zeroed."""

    def make(inputs: InputFiles) -> bytes:
        whole = inputs.in_container(kind)
        return whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2)

    return make


def media(name: str) -> Callable[[InputFiles], bytes]:
    """Return a maker of a file of tests/media."""
    return lambda inputs: (MEDIA / name).read_bytes()


def remade(name: str, words: str) -> Callable[[InputFiles], bytes]:
    """Return a maker of the file converted with further options."""
    return lambda inputs: inputs.converted(name, *words.split())


def wide(*values: Any) -> Any:
    """Return a row that only `--all` runs."""
    return pytest.param(*values, marks=pytest.mark.wide)


BROKEN = [
    # input, job, end, text of the error or the warning
    (cut("mp4"), FAST, "refused", "partial file"),
    (cut("mkv"), FAST, "refused", "File ended prematurely"),
    (cut("flac"), SOUND, "refused", "FFmpeg reported"),
    (cut("avi"), FAST, "refused", "instead of 12.0 s: FFmpeg reported “Packet corrupt"),
    (cut("ogg"), SOUND, "warned", "its last page is missing"),
    (cut("mp3"), SOUND, "warned", "the input claims 12.0 s"),
    # its only sign is less data than the header claims, as with a false header
    (cut("wav"), SOUND, "warned", "the input claims 12.0 s"),
    (torn("mp4"), FAST, "refused", "packets of its"),
    (torn("mkv"), FAST, "refused", "EBML"),
    wide(cut("mp4"), COPY, "refused", "partial file"),
    wide(cut("mp4"), SOUND, "refused", "partial file"),
    wide(cut("mkv"), COPY, "refused", "File ended prematurely"),
    wide(cut("mkv"), SOUND, "refused", "File ended prematurely"),
    wide(cut("webm"), FAST, "refused", "File ended prematurely"),
    wide(cut("flv"), FAST, "refused", "FFmpeg reported"),
    wide(cut("flv"), COPY, "refused", "FFmpeg reported"),
    wide(cut("wav"), {**SOUND, "audio": {"codec": "copy"}}, "warned", "the input claims 12.0 s"),
    wide(cut("wmv"), FAST, "refused", "FFmpeg reported"),
    wide(torn("avi"), FAST, "refused", "FFmpeg reported"),
    # a transport stream does not declare its duration, and recordings end anywhere
    wide(cut("ts"), FAST, "kept", ""),
    wide(torn("flv"), FAST, "refused", "FFmpeg reported"),
]


@pytest.mark.parametrize(("content", "job", "end", "words"), BROKEN)
def test_a_truncated_input_is_detected_by_the_messages_of_ffmpeg(
    runtime: Runtime,
    capabilities: ffmpeg.Capabilities,
    inputs: InputFiles,
    tmp_path: Path,
    content: Callable[[InputFiles], bytes],
    job: dict[str, Any],
    end: str,
    words: str,
) -> None:
    directory = JobDirectory(runtime, capabilities, tmp_path, content(inputs))

    done = convert(directory, job)

    text = done.failure.message if done.failure else " ".join(done.warnings)
    assert (done.end, words in text) == (end, True), text
    if done.failure:
        assert done.failure.reason in ("output_truncated", "corrupt_input")


def uneven(kind: str) -> Callable[[InputFiles], bytes]:
    """Return a maker of three seconds of video with twelve of audio."""
    words = f"-t 3 -i full.mp4 -i full.mp4 -map 0:v -map 1:a -c copy uneven.{kind}"
    return lambda inputs: inputs.make(
        f"uneven.{kind}", *(inputs.folder / w if w == "full.mp4" else w for w in words.split()[:-1])
    ).read_bytes()


def silent(*filters: str) -> dict[str, Any]:
    """Return a job with these audio filters."""
    return {**SOUND, "audio": {"codec": "aac", "filters": list(filters)}}


def streamed_wave(size: int = 0xFFFFFFFF) -> Callable[[InputFiles], bytes]:
    """Return a maker of a WAV whose recorder did not update the header."""

    def make(inputs: InputFiles) -> bytes:
        whole = bytearray(inputs.in_container("wav"))
        struct.pack_into("<I", whole, whole.index(b"data") + 4, size)
        return bytes(whole)

    return make


def filtered(*filters: str) -> dict[str, Any]:
    """Return a job with these video filters and no audio."""
    return {**FAST, "video": {**FAST["video"], "filters": list(filters)}, "audio": False}


LYING = [
    # input, job, end, seconds of the result
    (media("F01/late-subtitle.mkv"), FAST, "kept", 6.0),
    (media("F03/flv-90min.flv"), FAST, "warned", 6.0),
    (media("F03/flv-2147483s.flv"), FAST, "warned", 6.0),
    (media("F04/ts-jump-forward.ts"), FAST, "warned", 12.0),
    (media("F05/starts-at-one-hour.mkv"), FAST, "kept", 6.0),
    (media("F06/slides.gif"), {**FAST, "output_filename": "out.mp4"}, "kept", 6.0),
    (media("F06/slides.gif"), FAST, "kept", 6.0),
    wide(media("F06/slides.gif"), {"output_filename": "a.webm", "preset": "av1"}, "kept", 6.0),
    wide(media("F06/slides.gif"), {**FAST, "output_filename": "out.ts"}, "kept", 6.0),
    (media("F07/screen.mp4"), filtered("mpdecimate"), "kept", 8.0),
    wide(media("F07/screen.mp4"), filtered("mpdecimate", "setpts=N/FRAME_RATE/TB"), "kept", 0.2),
    wide(media("F07/screen.mp4"), filtered("decimate"), "kept", None),
    wide(media("F07/screen.mp4"), filtered("select=not(mod(n\\,10))"), "kept", None),
    wide(media("F07/screen.mp4"), filtered("framestep=5"), "kept", None),
    wide(media("F07/screen.mp4"), {**FAST, "extra_args": ["-vsync", "vfr"]}, "kept", 10.0),
    wide(cut("wav", 1.0), silent("silenceremove=stop_periods=-1:stop_threshold=0dB"), "kept", None),
    *(wide(cut(kind, 1.0), FAST, "kept", 12.0) for kind in MATERIAL if kind not in SOUNDS),
    *(wide(cut(kind, 1.0), SOUND, "kept", 12.0) for kind in MATERIAL),
    wide(streamed_wave(24_000_000), SOUND, "warned", 12.0),
    (streamed_wave(), SOUND, "kept", 12.0),
    wide(streamed_wave(0x7FFFFFFF), SOUND, "kept", 12.0),
    wide(streamed_wave(0), SOUND, "kept", None),
    wide(uneven("avi"), {**FAST, "audio": False}, "kept", 3.0),
    wide(uneven("mkv"), {**FAST, "audio": False}, "kept", 3.0),
    wide(uneven("mkv"), SOUND, "kept", 12.0),
    wide(uneven("mp4"), {**FAST, "audio": False}, "kept", 3.0),
    wide(uneven("mp4"), SOUND, "kept", 12.0),
    wide(uneven("mkv"), COPY, "kept", 12.0),
    wide(uneven("mp4"), {**FAST, "extra_args": ["-shortest"]}, "kept", None),
    wide(uneven("ts"), {**FAST, "audio": False}, "kept", 3.0),
    wide(
        uneven("flv"), {**FAST, "audio": False}, "warned", 3.0
    ),  # FLV declares one duration for all streams
    wide(uneven("flv"), FAST, "kept", 12.0),
    wide(uneven("flv"), SOUND, "kept", 12.0),
    wide(cut("mkv", 1.0), {**FAST, "input": {"start": 11.5}}, "kept", 0.5),
    wide(media("F01/late-subtitle.mkv"), COPY, "kept", 6.0),
    wide(media("F01/late-subtitle.mkv"), SOUND, "kept", 6.0),
    wide(media("F03/flv-90min.flv"), COPY, "warned", 6.0),
    wide(media("F03/flv-90min.flv"), {**FAST, "input": {"start": 2}}, "warned", 4.0),
    wide(media("F03/flv-90min.flv"), {**FAST, "input": {"duration": 3}}, "kept", 3.0),
    wide(media("F04/ts-jump-back.ts"), FAST, "warned", 12.0),
    wide(media("F04/ts-jump-back.ts"), SOUND, "warned", 12.0),
    wide(remade("hour.mp4", "-c copy -output_ts_offset 3600"), FAST, "kept", 12.0),
    wide(remade("hour.ts", "-c copy -output_ts_offset 3600"), FAST, "kept", 12.0),
    wide(remade("hour.mkv", "-c copy -output_ts_offset 3600"), COPY, "kept", 12.0),
    wide(remade("hour.flv", "-c copy -output_ts_offset 3600"), FAST, "kept", 12.0),
]


@pytest.mark.parametrize(("content", "job", "end", "seconds"), LYING)
def test_a_false_header_refuses_nothing(
    runtime: Runtime,
    capabilities: ffmpeg.Capabilities,
    inputs: InputFiles,
    tmp_path: Path,
    content: Callable[[InputFiles], bytes],
    job: dict[str, Any],
    end: str,
    seconds: float | None,
) -> None:
    directory = JobDirectory(runtime, capabilities, tmp_path, content(inputs))

    done = convert(directory, job)

    assert (done.failure, done.end) == (None, end), done.warnings
    if seconds is not None:
        assert done.seconds == pytest.approx(seconds, abs=0.3)


def test_a_result_past_the_limit_is_refused_and_not_truncated(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, inputs: InputFiles, tmp_path: Path
) -> None:
    narrow = replace(runtime, limits=replace(runtime.limits, max_seconds=1.0))

    directory = JobDirectory(narrow, capabilities, tmp_path, inputs.in_container("mkv"))
    done = convert(directory, FAST)

    assert done.failure is not None
    assert done.failure.reason == "resource_limit"
    assert done.failure.message.startswith("The result would be longer than 1 s")


def test_a_part_within_the_limit_can_be_taken_from_an_input_past_it(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, inputs: InputFiles, tmp_path: Path
) -> None:
    narrow = replace(runtime, limits=replace(runtime.limits, max_seconds=2.0))
    job = {**FAST, "input": {"start": 4, "duration": 1}}

    directory = JobDirectory(narrow, capabilities, tmp_path, inputs.in_container("mkv"))
    done = convert(directory, job)

    assert (done.end, done.seconds) == ("kept", pytest.approx(1.0, abs=0.2))


def test_an_encoder_that_ends_before_its_input_is_detected(
    runtime: Runtime, capabilities: ffmpeg.Capabilities, inputs: InputFiles, tmp_path: Path
) -> None:
    directory = JobDirectory(runtime, capabilities, tmp_path, inputs.in_container("mp4"))
    directory.probe()
    plan = directory.plan_job(output_filename="out.mkv", **FAST)
    (single,) = plan.passes
    # with -fs, which no job may set, FFmpeg exits with 0 after fewer frames
    early = replace(single, argv=(*single.argv[:-3], "-fs", "60000", *single.argv[-3:]))

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        directory.run_plan(replace(plan, passes=(early,)), tick_seconds=0.1)

    assert caught.value.failure.reason == "output_truncated"
    assert "FFmpeg stopped before the end of the input" in caught.value.failure.message
