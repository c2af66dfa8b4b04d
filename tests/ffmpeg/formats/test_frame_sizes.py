"""Frames of every size become ones that the encoder accepts."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import Capabilities, Encoder, Limits, MediaInfo, Stream
from ffremote.ffmpeg.policy.tables import table
from tests.support.conversion import Converter, convert
from tests.support.paths import MEDIA

ODD = MEDIA / "F09"
ABLE = Capabilities(
    version="8.0",
    encoders={
        name: Encoder("V", codec)
        for name, codec in (
            ("libx264", "h264"),
            ("libx265", "hevc"),
            ("libsvtav1", "av1"),
            ("libvpx-vp9", "vp9"),
            ("wmv2", "wmv2"),
        )
    },
    decoders={"vp9": ("vp9",)},
    filters=frozenset({"crop", "scale", "hqdn3d", "rotate"}),
    muxers=frozenset(row["muxer"] for row in table("containers").values()),
    demuxers=frozenset(),
    pix_fmts=frozenset({"yuv420p", "yuv444p", "yuv422p"}),
    options=frozenset(),
)


def filters(width: int, height: int, source: str = "yuv420p", **video: Any) -> tuple[str, str]:
    """Return the filters of a job on frames of this size, and its warnings."""
    info = MediaInfo(
        "matroska,webm", 2.0, (Stream(0, "video", "vp9", width, height, 25.0, source),)
    )
    asked = spec.build_job({"output_filename": "o.mkv", "audio": False, "video": video})
    planned = ffmpeg.plan(asked, [info], ABLE, Limits(), attempt="try1")
    argv = planned.passes[-1].argv
    found = argv[argv.index("-filter:v") + 1] if "-filter:v" in argv else ""
    return found, " ".join(planned.warnings)


@pytest.mark.parametrize(
    ("pix_fmt", "own", "cropped"),
    [
        ("bgra", ["scale=161:121"], ""),
        ("pal8", None, ""),
        ("yuv420p", None, "crop=w=160:h=120:x=0:y=0"),
        ("rgba", ["hqdn3d"], "crop=w=160:h=120:x=0:y=0"),
    ],
)
def test_a_picture_of_full_colours_is_not_cropped_where_ffmpeg_chooses_the_format(
    pix_fmt: str, own: list[str] | None, cropped: str
) -> None:
    found, _ = filters(161, 121, pix_fmt, codec="libx264", pix_fmt="auto", filters=own)

    assert cropped in found
    assert ("crop" in found) is bool(cropped)


@pytest.mark.parametrize(
    ("preset", "extension"),
    [
        ("web-720p", "mp4"),
        ("av1", "webm"),
        ("archive", "mkv"),
        pytest.param("web-1080p", "mp4", marks=pytest.mark.wide),
        pytest.param("web-480p", "mp4", marks=pytest.mark.wide),
        pytest.param("small", "mp4", marks=pytest.mark.wide),
    ],
)
def test_every_preset_accepts_odd_frames(converter: Converter, preset: str, extension: str) -> None:
    made = convert(converter, ODD / "odd.webm", f"out.{extension}", preset=preset)

    assert (made.video.width, made.video.height) == (160, 120)
    assert made.video.sample_aspect_ratio in (None, "1:1")


@pytest.mark.parametrize(("name", "size"), [("odd.gif", (160, 120)), ("odd.png", (120, 80))])
def test_a_job_without_a_size_accepts_odd_frames(
    converter: Converter, name: str, size: tuple[int, int]
) -> None:
    made = convert(converter, ODD / name, "out.mp4")

    # an ffprobe without a decoder for PNG leaves the size to FFmpeg, which rounds it
    assert made.video.width in (size[0], size[0] + 2)
    assert made.video.height in (size[1], size[1] + 2)
    assert made.video.pix_fmt == "yuv420p"


@pytest.mark.parametrize(("preset", "side"), [("web-480p", 2), ("av1", 64), ("archive", 16)])
def test_the_smallest_frame_is_enlarged_to_the_minimum_of_the_encoder(
    binaries: ffmpeg.Binaries, converter: Converter, tmp_path: Path, preset: str, side: int
) -> None:
    tiny = tmp_path / "tiny.png"
    argv = ["-f", "lavfi", "-i", "color=red:s=2x2,format=rgb24,crop=1:1:exact=1", "-frames:v", "1"]
    subprocess.run([binaries.ffmpeg, "-v", "error", *argv, tiny], check=True)

    made = convert(converter, tiny, "out.mkv", preset=preset)

    assert (made.video.width, made.video.height) == (side, side)


@pytest.mark.parametrize(
    ("width", "height", "video", "expected"),
    [
        (1920, 1080, {"codec": "h264"}, ""),
        (161, 121, {"codec": "h264"}, "crop=w=160:h=120:x=0:y=0"),
        (161, 121, {"codec": "vp9"}, ""),
        (161, 121, {"codec": "wmv2"}, "crop=w=160:h=120:x=0:y=0"),
        (161, 121, {"codec": "hevc", "pix_fmt": "yuv444p"}, ""),
        (161, 121, {"codec": "hevc", "pix_fmt": "yuv422p"}, "crop=w=160:h=121:x=0:y=0"),
        (320, 240, {"codec": "h264", "scale": "161:121"}, "scale=w=161:h=121,crop=w=160:h=120"),
        (320, 241, {"codec": "h264", "filters": ["hqdn3d"]}, "hqdn3d,crop=w=320:h=240"),
        (
            320,
            240,
            {"codec": "h264", "filters": ["rotate=a=1:ow=101"]},
            "w=trunc(iw*max(1,2/min(iw,ih))/2+0.5)*2",
        ),
        (321, 241, {"codec": "h264", "scale": "50%"}, "scale=w=trunc(iw*0.25)*2"),
    ],
)
def test_only_odd_frames_are_cropped(
    width: int, height: int, video: dict[str, Any], expected: str
) -> None:
    found, warnings = filters(width, height, **video)

    assert expected in found
    assert bool(found) == bool(expected)
    assert ("is cropped from" in warnings) == ("crop=w=1" in found or "crop=w=3" in found)


def test_a_rotated_frame_is_measured_as_displayed() -> None:
    stream = Stream(0, "video", "vp9", 162, 121, 25.0, "yuv420p", rotation=90)
    info = MediaInfo("mov,mp4", 2.0, (stream,))
    asked = spec.build_job({"output_filename": "o.mp4", "audio": False, "video": {"codec": "h264"}})

    planned = ffmpeg.plan(asked, [info], ABLE, Limits(), attempt="try1")

    assert "crop=w=120:h=162:x=0:y=0" in planned.command
