"""Transparency is decoded if the result keeps it, and a result without it does not claim it."""

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.probing import gif
from tests.support.job_directory import JobDirectory
from tests.support.matrices import sampled
from tests.support.paths import MEDIA

LAYERED = MEDIA / "F21" / "alpha.webm"
OpenJob = Callable[[Path], JobDirectory]
OPAQUE = (
    "Transparent parts become opaque in {}; webm with vp9, mov with prores_ks and profile 4444, png"
    " and apng keep them."
)


@pytest.fixture(scope="session")
def clear(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with inputs that have a transparent upper left corner."""
    folder = tmp_path_factory.mktemp("alpha")
    shade = "geq=r=r(X\\,Y):g=g(X\\,Y):b=b(X\\,Y):a=255*gt(X\\,20)"
    picture = f"testsrc=s=64x64:r=5:d=1,format=rgba,{shade}"
    palette = f"{picture},split[a][b];[b]palettegen[p];[a][p]paletteuse"
    for name, graph, codec in (
        ("a.gif", palette, "gif"),
        ("opaque.gif", "testsrc=s=64x64:r=5:d=1", "gif"),
        ("drawn.gif", "testsrc2=s=64x64:r=5:d=2,format=rgb8", "gif"),
        ("a.apng", picture, "apng"),
        ("a.mkv", picture, "ffv1"),
        ("a.png", picture, "png"),
    ):
        once = ["-frames:v", "1", "-f", "image2pipe"] if name == "a.png" else []
        words = [binaries.ffmpeg, "-v", "error", "-f", "lavfi", "-i", graph, "-c:v", codec, *once]
        subprocess.run([*words, folder / name], check=True, stdin=subprocess.DEVNULL)
    return folder


def corner(directory: JobDirectory, made: ffmpeg.MediaInfo, binaries: ffmpeg.Binaries) -> int:
    """Return the alpha of the upper left pixel of the result."""
    film = made.streams[0]
    reader = {"vp8": ["-c:v", "libvpx"], "vp9": ["-c:v", "libvpx-vp9"]}.get(film.codec, [])
    [output] = directory.plan.outputs
    demuxer = ["-f", output.demuxer] if output.demuxer else []
    words = [binaries.ffmpeg, "-v", "error", *reader, *demuxer, "-i", directory.result]
    raw = ["-frames:v", "1", "-pix_fmt", "rgba", "-f", "rawvideo", "-"]
    output = subprocess.run([*words, *raw], check=True, capture_output=True).stdout
    return output[3]


@pytest.mark.parametrize(
    ("source", "name", "job", "warned"),
    sampled(
        [
            ("alpha.webm", "a.png", {"thumbnail": {"at": 0.5}}, False),
            ("alpha.webm", "a.mov", {"video": {"codec": "prores_ks", "profile": "4444"}}, False),
            ("alpha.webm", "a.webm", {}, False),
            ("alpha.webm", "a.webm", {"video": {"codec": "libvpx"}}, False),
            ("alpha.webm", "a.webm", {"video": {"codec": "copy"}}, False),
            ("alpha.webm", "a.mkv", {"video": {"codec": "ffv1"}}, False),
            ("alpha.webm", "a.mp4", {}, True),
            ("alpha.webm", "a.mp4", {"video": {"codec": "copy"}}, True),
            ("alpha.webm", "a.mkv", {"video": {"codec": "h264"}}, True),
            ("alpha.webm", "a.webm", {"video": {"pix_fmt": "yuv420p"}}, True),
            ("alpha.webm", "a.jpg", {"thumbnail": {}}, True),
            ("a.gif", "a.mp4", {}, True),
            ("a.gif", "a.webm", {}, False),
            ("a.apng", "a.mp4", {}, True),
            ("a.apng", "a.webm", {}, False),
            ("a.mkv", "a.mp4", {}, True),
            ("a.mkv", "a.apng", {}, False),
            ("a.png", "a.jpg", {"thumbnail": {}}, True),
        ],
        0,
        2,
        6,
        9,
        13,
        17,
    ),
)
def test_transparency_is_kept_or_named(
    open_job: OpenJob,
    clear: Path,
    binaries: ffmpeg.Binaries,
    source: str,
    name: str,
    job: dict[str, Any],
    warned: bool,
) -> None:
    directory = open_job(LAYERED if source == "alpha.webm" else clear / source)

    made = directory.run(output_filename=name, **job)

    container = name.rpartition(".")[2]
    assert (OPAQUE.format(container) in directory.warnings) is warned
    says_so = made.streams[0].tags.get("alpha_mode") == "1"
    if warned:
        assert not says_so
    else:
        assert corner(directory, made, binaries) < 128


@pytest.mark.parametrize("source", ["opaque.gif", "drawn.gif"])
def test_an_opaque_gif_has_no_warning(open_job: OpenJob, clear: Path, source: str) -> None:
    directory = open_job(clear / source)

    made = directory.run(output_filename="a.mp4")

    assert made.streams[0].codec == "h264"
    assert not [text for text in directory.warnings if "opaque" in text]


def _gif(*pictures: bytes) -> bytes:
    colours = bytes((0, 0, 0, 255, 255, 255))
    return b"GIF89a" + struct.pack("<HH", 2, 2) + bytes((0x80, 0, 0)) + colours + b"".join(pictures)


def _picture(*, hole: bool, disposal: int = 0, side: int = 2) -> bytes:
    control = b"\x21\xf9\x04" + bytes((disposal << 2 | hole, 10, 0, 0, 0))
    place = b"\x2c" + struct.pack("<HHHHB", 0, 0, side, side, 0)
    return control + place + b"\x02\x03\x44\x02\x05\x00"


@pytest.mark.parametrize(
    ("content", "is_opaque"),
    [
        (_gif(_picture(hole=False)) + b";", True),
        (_gif(_picture(hole=True)) + b";", None),
        (_gif(_picture(hole=False, side=1)) + b";", None),
        (_gif(_picture(hole=False), _picture(hole=True)) + b";", True),
        (_gif(_picture(hole=False, disposal=2), _picture(hole=True)) + b";", None),
        (_gif(_picture(hole=False, disposal=2), _picture(hole=False)) + b";", True),
        (_gif(_picture(hole=False))[:-4], None),
        (b"GIF89a", None),
    ],
)
def test_the_headers_of_a_gif_tell_whether_it_is_opaque(
    tmp_path: Path, content: bytes, is_opaque: bool | None
) -> None:
    (tmp_path / "a.gif").write_bytes(content)
    info = ffmpeg.MediaInfo("gif", 1.0, (ffmpeg.Stream(0, "video", "gif", pix_fmt="bgra"),))

    found = gif.with_opacity(info, tmp_path / "a.gif")

    assert found.streams[0].is_opaque is is_opaque


def test_a_mask_comes_from_the_transparency_of_vp9(
    open_job: OpenJob, binaries: ffmpeg.Binaries, capabilities: ffmpeg.Capabilities
) -> None:
    if "libvpx-vp9" not in capabilities.decoders.get("vp9", ()):
        pytest.skip("this FFmpeg was built without libvpx")
    directory = open_job(LAYERED)

    directory.run(video={"filters": ["alphaextract"], "preset": "ultrafast"})

    words = [binaries.ffmpeg, "-v", "error", "-i", directory.result, "-frames:v", "1"]
    raw = ["-pix_fmt", "gray", "-f", "rawvideo", "-"]
    output = subprocess.run([*words, *raw], check=True, capture_output=True).stdout
    assert output[0] < 30 and max(output) > 225
    assert not [text for text in directory.warnings if "opaque" in text]
