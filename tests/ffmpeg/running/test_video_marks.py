"""Properties within streams are kept or named: rotation, captions, HDR, 3D, `forced`."""

import re
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from tests.support.job_directory import JobDirectory
from tests.support.paths import MEDIA

HDR = MEDIA / "F27" / "hdr.mkv"
OpenJob = Callable[[Path], JobDirectory]
COPY = {"video": {"codec": "copy"}}
ALL = {**COPY, "audio": {"codec": "copy"}, "streams": ["0"]}
MASTERING = "Mastering display metadata"
wide = pytest.mark.wide


@pytest.fixture(scope="session")
def marked(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with videos that have such properties."""
    folder = tmp_path_factory.mktemp("marks")
    picture = "-f lavfi -i testsrc2=s=160x120:r=10:d=1"
    sound = "-f lavfi -i sine=440:d=1"
    x264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"

    def make(name: str, line: str) -> None:
        words = [binaries.ffmpeg, "-v", "error", *line.split(), folder / name]
        subprocess.run(words, check=True, stdin=subprocess.DEVNULL, cwd=folder)

    make("plain.mp4", f"{picture} {x264}")
    plain = (folder / "plain.mp4").read_bytes()
    for name, turn in (("quarter.mp4", (0, 1, -1, 0)), ("half.mp4", (-1, 0, 0, -1))):
        (folder / name).write_bytes(turned(plain, *turn))
    make("timecode.mov", f"{picture} {x264} -timecode 01:00:00:00")
    make("stereo.mkv", f"{picture} {x264} -metadata:s:v stereo_mode=left_right")
    two = f"{picture} {sound} {sound} -map 0 -map 1 -map 2 {x264} -c:a aac"
    make("forced.mkv", f"{two} -disposition:a:0 default+forced -disposition:a:1 0")
    make("second.mkv", f"{two} -disposition:a:0 0 -disposition:a:1 default")
    make("raw.h264", f"{picture} {x264} -x264-params slices=1 -f h264")
    raw = (folder / "raw.h264").read_bytes()
    (folder / "captions.h264").write_bytes(captioned(raw))
    make("captions.mp4", "-i captions.h264 -c copy")
    return folder


def turned(film: bytes, a: int, b: int, c: int, d: int) -> bytes:
    """Set the rotation in the track header of an MP4, as a phone does."""
    at = film.index(b"tkhd") + 4 + 40
    turn = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    return film[:at] + turn + film[at + len(turn) :]


def captioned(film: bytes) -> bytes:
    """Insert a closed caption before each frame of an H.264 stream, as a broadcaster does."""
    words = b"\xb5\x00\x31GA94\x03\x41\xff\xfc\x94\x2c\xff"
    message = b"\x00\x00\x00\x01\x06" + bytes((4, len(words))) + words + b"\x80"
    units = re.split(rb"(?=\x00\x00\x00\x01|(?<!\x00)\x00\x00\x01)", film)
    kinds = [unit.lstrip(b"\x00")[1:2] for unit in units]
    is_picture = [bool(kind) and kind[0] & 31 in (1, 5) for kind in kinds]
    return b"".join(
        message + u if output else u for u, output in zip(units, is_picture, strict=True)
    )


def lost(what: str, number: int, why: str) -> list[str]:
    """Return the warning that names a property of one stream."""
    return [f"{what} is lost (stream {number} of the input): {why}"]


def lost_turn(name: str) -> list[str]:
    """Return the warning about a copy that players no longer rotate."""
    why = f"{name} does not keep it; mp4 and mov do, and so does encoding."
    return lost("The rotation of the video", 0, why)


def lost_captions(encoder: str) -> list[str]:
    """Return the warning about an encoder that drops captions."""
    keeps = "`--video-codec libx264` (`video.codec`) and copying keep them"
    return [f"The closed captions of stream 0 were left out: {encoder} drops them; {keeps}."]


IN_MP4 = "mp4 or its encoder does not keep it; `--video-codec copy` into mkv keeps it."
FLAT = lost("The mark as 360° or 3D video", 0, IN_MP4)
IN_TS = "ts or its encoder does not keep it; mkv and mp4 keep it."
TONE_MAPPED = ["The input is HDR (PQ); it is tone mapped to SDR (BT.709)."]
HEVC = {"video": {"codec": "hevc"}}
NO_A53 = {"extra_args": ["-a53cc", "0"]}
ROWS: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("quarter.mp4", "a.mp4", {}, []),
    ("quarter.mp4", "a.avi", {}, []),
    ("quarter.mp4", "a.mp4", COPY, []),
    ("quarter.mp4", "a.mov", COPY, []),
    ("quarter.mp4", "a.avi", COPY, lost_turn("avi")),
    ("half.mp4", "a.ts", COPY, lost_turn("ts")),
    ("half.mp4", "a.ts", {"video": {"codec": "h264"}}, []),
    ("quarter.mp4", "a.mp4", {"preset": "web-720p"}, []),
    ("timecode.mov", "a.mp4", {}, []),
    ("timecode.mov", "a.mkv", {}, []),
    ("timecode.mov", "a.mp4", {"preset": "web-720p"}, []),
    ("timecode.mov", "a.avi", {}, lost("The time code", 0, "avi does not keep it; mkv does.")),
    ("stereo.mkv", "a.mkv", {}, []),
    ("stereo.mkv", "a.mkv", COPY, []),
    ("stereo.mkv", "a.mp4", {}, FLAT),
    ("stereo.mkv", "a.mp4", COPY, FLAT),
    ("forced.mkv", "a.mkv", ALL, []),
    ("forced.mkv", "a.mp4", ALL, []),
    ("forced.mkv", "a.ts", ALL, lost("The mark `forced`", 1, IN_TS)),
    ("second.mkv", "a.mkv", ALL, []),
    ("second.mkv", "a.mp4", ALL, []),
    (
        "second.mkv",
        "a.ts",
        {"streams": ["0"]},
        lost("The mark `default`", 2, "ts does not keep it; mkv and mp4 do."),
    ),
    ("second.mkv", "a.ts", {"streams": ["0:v", "0:a:1", "0:a:0"]}, []),
    ("captions.mp4", "a.mkv", {}, []),
    ("captions.mp4", "a.mp4", COPY, []),
    ("captions.mp4", "a.mp4", {"preset": "web-720p"}, []),
    ("captions.mp4", "a.gif", {}, []),
    ("captions.mp4", "a.jpg", {"thumbnail": {}}, []),
    ("captions.mp4", "a.webm", {}, lost_captions("libvpx-vp9")),
    ("captions.mp4", "a.mp4", HEVC, lost_captions("libx265")),
    ("captions.mp4", "a.mp4", NO_A53, lost_captions("libx264")),
    ("plain.mp4", "a.webm", {}, []),
    # HDR is kept by `archive`, and named once if it is tone mapped
    ("hdr.mkv", "a.mkv", {"preset": "archive"}, []),
    ("hdr.mkv", "a.mp4", {"preset": "web-720p"}, TONE_MAPPED),
    ("hdr.mkv", "a.ts", COPY, []),
    ("hdr.mkv", "a.mp4", {"video": {"codec": "hevc", "pix_fmt": "yuv420p10le"}}, []),
]


@pytest.mark.parametrize(
    ("source", "name", "job", "warnings"),
    [
        pytest.param(*row, id=f"{row[0]}-{row[1]}-{place}", marks=[wide] if place % 6 else [])
        for place, row in enumerate(ROWS)
    ],
)
def test_properties_are_kept_or_named(
    open_job: OpenJob,
    marked: Path,
    source: str,
    name: str,
    job: dict[str, Any],
    warnings: list[str],
) -> None:
    directory = open_job(HDR if source == "hdr.mkv" else marked / source)

    directory.run(output_filename=name, **job)

    assert list(directory.warnings) == warnings


def test_mastering_data_is_in_the_result_or_in_a_warning(open_job: OpenJob) -> None:
    directory = open_job(HDR)

    made = directory.run(output_filename="a.webm", video={"codec": "vp9", "pix_fmt": "yuv420p10le"})

    is_kept = MASTERING in made.streams[0].side_data  # newer versions of FFmpeg write it into WebM
    why = "webm or its encoder does not keep it; `--video-codec copy` and libx265 keep it."
    named = lost("The mastering data of HDR", 0, why)
    assert list(directory.warnings) == ([] if is_kept else named)


@pytest.mark.parametrize(
    "job",
    [
        {},
        NO_A53,
        *(
            pytest.param(job, marks=wide)
            for job in (HEVC, {**HEVC, "extra_args": ["-a53cc", "1"]}, COPY)
        ),
    ],
)
def test_captions_are_in_the_frames_or_in_a_warning(
    open_job: OpenJob, marked: Path, binaries: ffmpeg.Binaries, job: dict[str, Any]
) -> None:
    directory = open_job(marked / "captions.mp4")

    directory.run(output_filename="a.mp4", **job)

    ask = ["-show_entries", "frame_side_data=side_data_type", "-of", "compact", directory.result]
    words = [binaries.ffprobe, "-v", "error", *ask]
    output = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    named = any("closed captions" in text for text in directory.warnings)
    assert named is ("Closed Captions" not in output)
