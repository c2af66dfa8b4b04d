"""Results that ffprobe cannot read: raw sound and pictures, checksums, tags, animations."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import TranscodeError
from tests.support.job_directory import PRESETS, JobDirectory, ignore

OpenJob = Callable[..., JobDirectory]

MONO: dict[str, Any] = {"sample_rate": 16000, "channels": 1}
SOUNDS = {
    "s16le": 2,
    "s16be": 2,
    **dict.fromkeys(("s24le", "s24be"), 3),
    **dict.fromkeys(("s32le", "s32be", "f32le", "f32be"), 4),
    "f64le": 8,
    **dict.fromkeys(("u8", "s8", "alaw", "mulaw"), 1),
}
PICTURES = {
    "rgb24": 64 * 36 * 3,
    "gray": 64 * 36,
    "yuv420p": 64 * 36 * 3 // 2,
    "nv12": 64 * 36 * 3 // 2,
    "yuv422p10le": 64 * 36 * 4,
    "rgba64le": 64 * 36 * 8,
    "yuyv422": 64 * 36 * 2,
}
DIGESTS = {
    "md5": "MD5=",
    "hash": "SHA256=",
    "crc": "CRC=0x",
    "streamhash": "0,v,SHA256=",
    "framemd5": "#format: frame checksums",
    "framehash": "#format: frame checksums",
    "framecrc": "#software: ",
}


def _rows(names: Any) -> list[Any]:
    first, *others = names
    return [first, *(pytest.param(name, marks=pytest.mark.wide) for name in others)]


@pytest.mark.parametrize("container", _rows(SOUNDS))
def test_raw_sound_has_the_bytes_of_its_samples(
    open_job: OpenJob, clip: Path, container: str
) -> None:
    directory = open_job(clip)

    made = directory.run(output_filename="a.raw", container=container, audio=MONO)

    size = directory.result.stat().st_size
    seconds = size / (16000 * SOUNDS[container])
    assert made.duration == pytest.approx(seconds)
    assert made.duration == pytest.approx(directory.infos[0].duration, abs=0.1)
    assert [(s.sample_rate, s.channels) for s in made.streams] == [(16000, 1)]
    assert directory.warnings == ()


@pytest.mark.parametrize("pix_fmt", _rows(PICTURES))
def test_raw_pictures_have_the_bytes_of_their_format(
    open_job: OpenJob, clip: Path, pix_fmt: str
) -> None:
    directory = open_job(clip)

    made = directory.run(
        output_filename="a.yuv",
        video={"pix_fmt": pix_fmt, "scale": "64:36"},
        audio=False,
    )

    frames = directory.outcome.evidence[0].written[0].packets
    assert directory.result.stat().st_size == frames * PICTURES[pix_fmt]
    assert [(s.width, s.height, s.pix_fmt) for s in made.streams] == [(64, 36, pix_fmt)]
    assert made.duration == pytest.approx(directory.infos[0].duration, abs=0.2)
    assert directory.doubts == ()


def test_odd_sides_have_rounded_chroma(open_job: OpenJob, clip: Path) -> None:
    directory = open_job(clip)

    directory.run(
        output_filename="a.yuv", video={"pix_fmt": "yuv420p", "scale": "63:35"}, audio=False
    )

    frames = directory.outcome.evidence[0].written[0].packets
    assert directory.result.stat().st_size == frames * (63 * 35 + 2 * 32 * 18)


@pytest.mark.parametrize("container", _rows(DIGESTS))
def test_checksums_are_lines_of_their_grammar(
    open_job: OpenJob, clip: Path, container: str
) -> None:
    directory = open_job(clip)

    directory.run(output_filename="sums.txt", container=container)

    text = directory.result.read_text()
    assert text.startswith(DIGESTS[container])
    assert directory.doubts == ()


def test_the_checksum_of_copied_packets_is_that_of_the_stream(
    open_job: OpenJob, clip: Path
) -> None:
    directory = open_job(clip)
    sums = []
    for _ in range(2):
        directory.run(
            output_filename="sum.md5", video={"codec": "copy"}, audio=False, streams=["0:v:0"]
        )
        sums.append(directory.result.read_text())

    assert sums[0] == sums[1]


def test_tags_are_written_as_text(open_job: OpenJob, clip: Path) -> None:
    directory = open_job(clip)

    made = directory.run(
        output_filename="tags.txt", container="ffmetadata", metadata={"title": "A=B;#\\\nC"}
    )

    text = directory.result.read_text()
    assert text.startswith(";FFMETADATA1\n")
    assert "title=A\\=B\\;\\#\\\\\\\nC\n" in text
    assert made.streams == ()


@pytest.mark.parametrize(
    "container, codec", [("image2pipe", "png"), ("mjpeg", None), ("image2pipe", "ppm")]
)
def test_a_stream_of_pictures_has_all_of_them(
    open_job: OpenJob, clip: Path, container: str, codec: str | None
) -> None:
    directory = open_job(clip)
    video = {"scale": "64:36", "fps": 5} | ({"codec": codec} if codec else {})

    made = directory.run(output_filename="a.bin", container=container, video=video, audio=False)

    data = directory.result.read_bytes()
    frames = directory.outcome.evidence[0].written[0].packets
    assert frames > 1
    starts = {"png": b"\x89PNG\r\n", None: b"\xff\xd8\xff", "ppm": b"P6\n64 36"}
    assert data.count(starts[codec]) == frames
    assert made.duration == pytest.approx(frames / 5)


@pytest.mark.parametrize("codec", [None, pytest.param("libwebp", marks=pytest.mark.wide)])
def test_an_animated_webp_has_its_pictures(
    open_job: OpenJob, clip: Path, codec: str | None, capabilities: ffmpeg.Capabilities
) -> None:
    if "libwebp_anim" not in capabilities.working_encoders:
        pytest.skip("without libwebp")
    directory = open_job(clip)
    video = {"scale": "64:36", "fps": 5} | ({"codec": codec} if codec else {})

    made = directory.run(output_filename="a.webp", container="awebp", video=video, audio=False)

    assert directory.result.read_bytes().count(b"ANMF") > 1
    assert made.duration == pytest.approx(2, abs=0.21)
    assert directory.doubts == ()


def test_an_animation_that_is_shorter_than_its_input_has_a_warning(
    open_job: OpenJob, clip: Path, capabilities: ffmpeg.Capabilities
) -> None:
    if "libwebp_anim" not in capabilities.working_encoders:
        pytest.skip("without libwebp")
    directory = open_job(clip)
    directory.run(
        output_filename="a.webp", container="awebp", video={"scale": "64:36", "fps": 5}, audio=False
    )
    longer = replace(directory.plan.expected, duration=20.0, lengths=(20.0,))

    [warning] = ffmpeg.check_complete(longer, directory.made[0], directory.outcome.evidence[0])

    assert "2.0 s long; the input claims 20.0 s" in warning


@pytest.mark.parametrize("extra", [("-frames:v", "1"), pytest.param((), marks=pytest.mark.wide)])
def test_an_avif_is_a_picture_or_an_animation(
    open_job: OpenJob, clip: Path, extra: tuple[str, ...], capabilities: ffmpeg.Capabilities
) -> None:
    if "avif" not in capabilities.muxers or not {"libsvtav1", "libaom-av1"} & set(
        capabilities.working_encoders
    ):
        pytest.skip("without AVIF")
    directory = open_job(clip)

    made = directory.run(
        output_filename="a.avif", video={"scale": "64:64", "fps": 5}, extra_args=list(extra)
    )

    brand = directory.result.read_bytes()[4:12]
    assert brand == (b"ftypavif" if extra else b"ftypavis")
    assert {stream.codec for stream in made.streams} == {"av1"}
    # ffprobe 8.1 shows a still picture as a stream of its own, before that of the animation
    assert extra or made.streams[-1].duration == pytest.approx(2, abs=0.21)
    assert directory.outcome.evidence[0].written[0].packets == (1 if extra else 10)
    assert directory.doubts == ()


@pytest.mark.parametrize("container", ["s16le", "rawvideo", "md5", "framecrc"])
def test_an_empty_part_fails_the_job(open_job: OpenJob, clip: Path, container: str) -> None:
    directory = open_job(clip)

    with pytest.raises(TranscodeError, match=r"empty|no result|no packet"):
        directory.run(output_filename="a.bin", container=container, input={"start": 500})


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"container": "rawvideo", "video": {"pix_fmt": "monow"}}, "video.pix_fmt", "'monow'"),
    ({"container": "s16le", "audio": {"codec": "aac"}}, "audio.codec", "s16le cannot hold aac"),
    ({"container": "rawvideo", "video": {"codec": "libx264"}}, "video.codec", "cannot hold h264"),
    ({"container": "mjpeg", "video": {"codec": "png"}}, "video.codec", "mjpeg cannot hold png"),
    ({"container": "md5", "extra_args": ["-hash", "/etc/passwd"]}, "extra_args[1]", "-hash"),
]


@pytest.mark.parametrize("keys, field, message", REFUSED)
def test_what_a_raw_result_cannot_be_is_refused(
    capabilities: ffmpeg.Capabilities, keys: dict[str, Any], field: str, message: str
) -> None:
    job = spec.build_job({"output_filename": "a.bin", **keys}, presets=PRESETS)

    with pytest.raises(InvalidArgument) as caught:
        ffmpeg.check(job, capabilities)

    assert caught.value.field == field
    assert message in caught.value.message


def test_a_muxer_that_this_ffmpeg_lacks_is_named(capabilities: ffmpeg.Capabilities) -> None:
    without = replace(capabilities, muxers=capabilities.muxers - {"avif"})
    job = spec.build_job({"output_filename": "a.avif"}, presets=PRESETS)

    with pytest.raises(InvalidArgument, match="has no muxer 'avif'"):
        ffmpeg.check(job, without)


@pytest.mark.parametrize("container, needs", [("s16le", {ffmpeg.FORMATS}), ("wav", set())])
def test_a_worker_must_know_the_container(
    capabilities: ffmpeg.Capabilities, container: str, needs: set[str]
) -> None:
    job = spec.build_job({"output_filename": "a", "container": container}, presets=PRESETS)

    assert ffmpeg.check(job, capabilities).needs == needs


def test_a_file_that_lost_bytes_is_refused(open_job: OpenJob, clip: Path) -> None:
    directory = open_job(clip)
    directory.run(output_filename="a.raw", container="s16le", audio=MONO)
    with directory.result.open("r+b") as file:
        file.truncate(directory.result.stat().st_size - 2)
    [output], [evidence] = directory.plan.outputs, directory.outcome.evidence

    with pytest.raises(TranscodeError, match="bytes; FFmpeg wrote"):
        ffmpeg.verify(directory.runtime, output, evidence, cwd=directory.path, on_progress=ignore)


def test_a_film_is_written_beside_the_checksums_of_its_frames(
    open_job: OpenJob, clip: Path
) -> None:
    directory = open_job(clip)

    directory.run(
        outputs=[
            {"output_filename": "a.mkv", "video": {"codec": "ffv1"}, "audio": False},
            {"output_filename": "a.framemd5", "audio": False},
            {"output_filename": "a.pcm", "container": "s16le", "audio": MONO},
        ]
    )

    text = (directory.path / directory.plan.outputs[1].path).read_text()
    frames = [line for line in text.splitlines() if not line.startswith("#")]
    assert len(frames) == directory.outcome.evidence[0].written[0].packets
    assert [each.streams[0].codec for each in directory.made] == ["ffv1", "rawvideo", "pcm_s16le"]
    assert directory.made[2].streams[0].sample_rate == 16000
    assert directory.doubts == ()
