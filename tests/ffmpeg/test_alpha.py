"""Transparency is read where the result keeps it, and a result without it does not claim it."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rooms import Room

from ffremote import ffmpeg

LAYERED = Path(__file__).parent.parent / "media" / "F21" / "alpha.webm"
Open = Callable[[Path], Room]
OPAQUE = (
    "Transparent parts become opaque in {}; webm with vp9, mov with prores_ks and profile 4444, png"
    " and apng keep them."
)


@pytest.fixture(scope="session")
def clear(binaries: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with inputs whose upper left corner is transparent."""
    folder = tmp_path_factory.mktemp("alpha")
    shade = "geq=r=r(X\\,Y):g=g(X\\,Y):b=b(X\\,Y):a=255*gt(X\\,20)"
    picture = f"testsrc=s=64x64:r=5:d=1,format=rgba,{shade}"
    palette = f"{picture},split[a][b];[b]palettegen[p];[a][p]paletteuse"
    for name, graph, codec in (
        ("a.gif", palette, "gif"),
        ("a.apng", picture, "apng"),
        ("a.mkv", picture, "ffv1"),
        ("a.png", picture, "png"),
    ):
        once = ["-frames:v", "1", "-f", "image2pipe"] if name == "a.png" else []
        words = [binaries.ffmpeg, "-v", "error", "-f", "lavfi", "-i", graph, "-c:v", codec, *once]
        subprocess.run([*words, folder / name], check=True, stdin=subprocess.DEVNULL)
    return folder


def corner(room: Room, made: ffmpeg.MediaFacts, binaries: ffmpeg.Binaries) -> int:
    """Return the alpha of the upper left pixel of the result."""
    film = made.streams[0]
    reader = {"vp8": ["-c:v", "libvpx"], "vp9": ["-c:v", "libvpx-vp9"]}.get(film.codec, [])
    demuxer = ["-f", room.plan.demuxer] if room.plan.demuxer else []
    words = [binaries.ffmpeg, "-v", "error", *reader, *demuxer, "-i", room.result]
    raw = ["-frames:v", "1", "-pix_fmt", "rgba", "-f", "rawvideo", "-"]
    shown = subprocess.run([*words, *raw], check=True, capture_output=True).stdout
    return shown[3]


@pytest.mark.parametrize(
    ("source", "name", "job", "warned"),
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
)
def test_transparency_is_kept_or_named(
    enter: Open,
    clear: Path,
    binaries: ffmpeg.Binaries,
    source: str,
    name: str,
    job: dict[str, Any],
    warned: bool,
) -> None:
    room = enter(LAYERED if source == "alpha.webm" else clear / source)

    made = room.run(output_filename=name, **job)

    container = name.rpartition(".")[2]
    assert (OPAQUE.format(container) in room.warnings) is warned
    says_so = made.streams[0].tags.get("alpha_mode") == "1"
    if warned:
        assert not says_so
    else:
        assert corner(room, made, binaries) < 128
