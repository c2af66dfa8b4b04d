"""What presets promise: square pixels, progressive frames, SDR colours, a sane rate, a picture."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import (
    Capabilities,
    Encoder,
    Limits,
    MediaInfo,
    Stream,
    TranscodeError,
)
from ffremote.ffmpeg.policy.tables import table
from tests.support.conversion import Converter, convert
from tests.support.job_directory import PRESETS
from tests.support.paths import MEDIA

HDR = MEDIA / "F27" / "hdr.mkv"
PQ = Stream(
    *(0, "video", "hevc", 1280, 720, 24.0, "yuv420p10le"),
    color_transfer="smpte2084",
    color_primaries="bt2020",
    color_space="bt2020nc",
)
ABLE = Capabilities(
    version="8.0",
    encoders={"libx264": Encoder("V", "h264"), "libx265": Encoder("V", "hevc")},
    decoders={"hevc": ("hevc",), "h264": ("h264",)},
    filters=frozenset({"scale", "zscale", "tonemap", "bwdif", "fps", "sidedata"}),
    muxers=frozenset(row["muxer"] for row in table("containers").values()),
    demuxers=frozenset(),
    pix_fmts=frozenset({"yuv420p", "yuv420p10le"}),
    options=frozenset(),
)


def planned(stream: Stream, capabilities: Capabilities = ABLE, **job: object) -> ffmpeg.Plan:
    asked = spec.build_job({"output_filename": "o.mp4", "audio": False, **job}, presets=PRESETS)
    return ffmpeg.plan(
        asked, [MediaInfo("mov,mp4", 60.0, (stream,))], capabilities, Limits(), attempt="try1"
    )


@pytest.mark.parametrize("preset", ["web-720p", pytest.param("av1", marks=pytest.mark.wide)])
def test_hdr_is_tone_mapped_by_web_presets(converter: Converter, preset: str) -> None:
    made = convert(converter, HDR, "out.mkv", preset=preset)

    film = made.video
    assert film.pix_fmt == "yuv420p"
    assert (film.color_transfer, film.color_primaries, film.color_space) == ("bt709",) * 3
    assert "Mastering display metadata" not in film.side_data
    assert "The input is HDR (PQ); it is tone mapped to SDR (BT.709)." in made.plan.warnings


def test_hdr_is_kept_where_the_job_or_its_preset_says_so() -> None:
    by_job = planned(PQ, preset="web-720p", video={"tonemap": "off"})
    own = {"own": spec.Preset("own", "", {"video": {"pix_fmt": "yuv420p", "tonemap": "off"}})}
    asked = spec.build_job(
        {"output_filename": "o.mp4", "preset": "own", "audio": False}, presets=own
    )
    info = MediaInfo("mov,mp4", 60.0, (PQ,))
    by_preset = ffmpeg.plan(asked, [info], ABLE, Limits(), attempt="try1")

    for each in (by_job, by_preset):
        assert "tonemap" not in each.command
        assert any("it looks pale on many screens" in text for text in each.warnings)
    assert "tonemap" in planned(PQ, preset="web-720p", video={"tonemap": "auto"}).command


@pytest.mark.parametrize(("preset", "name"), [("thumbnail", "o.jpg"), ("gif", "o.gif")])
def test_pictures_of_hdr_are_tone_mapped(converter: Converter, preset: str, name: str) -> None:
    made = convert(converter, HDR, name, preset=preset)

    assert "zscale" in made.plan.command
    assert made.video.width in (480, 640)


def test_archive_keeps_mastering_display_and_light_level(converter: Converter) -> None:
    made = convert(converter, HDR, "out.mkv", preset="archive")

    assert made.video.color_transfer == "smpte2084"
    assert made.video.mastering_display == (
        "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
    )
    assert made.video.content_light == "1000,400"


def test_a_job_that_asks_for_10_bits_keeps_hdr() -> None:
    made = planned(PQ, preset="web-720p", video={"pix_fmt": "yuv420p10le"})

    assert "zscale" not in made.command


def test_a_job_that_asks_for_8_bits_itself_is_only_warned() -> None:
    made = planned(PQ, video={"codec": "h264", "pix_fmt": "yuv420p"})

    assert "zscale" not in made.command
    assert any("looks pale" in warning for warning in made.warnings)


def test_an_ffmpeg_without_zscale_says_so() -> None:
    capabilities = replace(ABLE, filters=frozenset({"scale"}))

    made = planned(PQ, capabilities, preset="web-720p")

    assert any("cannot tone map" in warning for warning in made.warnings)


def test_dolby_vision_without_a_base_layer_is_refused_by_name() -> None:
    stream = Stream(0, "video", "hevc", 1280, 720, 24.0, "yuv420p10le", dolby_vision=5)

    with pytest.raises(TranscodeError) as caught:
        planned(stream, preset="web-720p")

    assert "Dolby Vision profile 5" in caught.value.failure.message


@pytest.mark.parametrize(
    ("preset", "name", "size"),
    [
        ("thumbnail", "o.jpg", (640, 360)),
        ("web-720p", "o.mp4", (1024, 576)),
        ("gif", "o.gif", (480, 270)),
        ("archive", "o.mkv", (720, 576)),
    ],
)
def test_web_presets_have_square_pixels_and_archives_keep_theirs(
    converter: Converter,
    binaries: ffmpeg.Binaries,
    tmp_path: Path,
    preset: str,
    name: str,
    size: tuple[int, int],
) -> None:
    source = tmp_path / "wide.mpg"
    picture = ["-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=0.4,setsar=64/45"]
    subprocess.run(
        [binaries.ffmpeg, "-v", "error", *picture, "-c:v", "mpeg2video", source], check=True
    )

    made = convert(converter, source, name, preset=preset)

    assert (made.video.width, made.video.height) == size
    shape = "64:45" if preset == "archive" else "1:1"
    assert (made.video.sample_aspect_ratio or "1:1") == shape


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (Stream(0, "video", "h264", 720, 576, 25.0, "yuv420p", field_order="tt"), "bwdif=mode"),
        (Stream(0, "video", "h264", 720, 576, 240.0, "yuv420p"), "fps=fps=60"),
        (Stream(0, "video", "h264", 1280, 720, 59.94, "yuv420p", field_order="progressive"), ""),
    ],
)
def test_interlaced_and_fast_videos_get_an_ordinary_frame_rate(
    stream: Stream, expected: str
) -> None:
    made = planned(stream, preset="web-720p").command

    assert expected in made
    assert ("bwdif" in made) == ("bwdif" in expected)
    assert ("fps=fps" in made) == ("fps" in expected)


def test_explicit_fields_override_the_preset() -> None:
    stream = Stream(0, "video", "h264", 720, 576, 240.0, "yuv420p", field_order="tt")

    made = planned(stream, preset="web-720p", video={"deinterlace": False, "fps": 120}).command

    assert "bwdif" not in made
    assert "fps=fps=120" in made


@pytest.mark.parametrize(
    ("preset", "source", "output", "size"),
    [
        ("thumbnail", "one-frame.mp4", "o.jpg", (640, 480)),
        ("gif", "one-frame.mp4", "o.gif", (480, 360)),
        ("thumbnail", "cover.mp3", "o.jpg", (640, 640)),
    ],
)
def test_the_shortest_input_still_gives_a_picture(
    converter: Converter, preset: str, source: str, output: str, size: tuple[int, int]
) -> None:
    made = convert(converter, MEDIA / "F14" / source, output, preset=preset)

    assert (made.video.width, made.video.height) == size


def test_without_a_frame_after_the_time_the_first_is_used(
    converter: Converter, binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    source = tmp_path / "one-picture-and-a-song.mkv"
    picture = ["-f", "lavfi", "-i", "color=red:s=64x64:r=25:d=0.04"]
    song = ["-f", "lavfi", "-i", "sine=440:d=20"]
    codecs = ["-c:v", "libx264", "-c:a", "aac"]
    subprocess.run([binaries.ffmpeg, "-v", "error", *picture, *song, *codecs, source], check=True)

    made = convert(converter, source, "o.jpg", thumbnail={"at": 10})

    assert made.plan.passes[-1].is_fallback
    assert made.video.width == 64


def test_a_time_past_the_end_gives_the_last_frame(converter: Converter, clip: Path) -> None:
    made = convert(converter, clip, "o.png", thumbnail={"at": 100})

    assert "-ss 1.8" in made.plan.command


@pytest.mark.parametrize(
    ("name", "excerpt"), [("photo.heic", "a HEIC picture"), ("anim.webp", "an animated WebP")]
)
def test_a_part_that_is_not_read_is_not_reported_as_damaged(
    converter: Converter, name: str, excerpt: str
) -> None:
    if name == "anim.webp" and "webp_anim" in converter.capabilities.demuxers:
        major = int((converter.capabilities.ffprobe_version or "5").split(".")[0])
        if major >= 9:
            pytest.skip("this FFmpeg reads animated WebP; nothing to refuse")

    with pytest.raises(TranscodeError) as caught:
        convert(converter, MEDIA / "F23" / name, "o.jpg", preset="thumbnail")

    assert excerpt in caught.value.failure.message
    assert "damaged" not in caught.value.failure.message
