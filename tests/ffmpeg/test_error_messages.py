"""Errors are plain sentences: what is wrong, and what to type instead."""

from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.config import Settings
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg.formats.containers import container_extensions
from ffremote.ffmpeg.process.diagnosis import explain
from ffremote.ffmpeg.process.process import ExitStatus
from ffremote.ffmpeg.process.stderr import Messages
from ffremote.spec import presets
from tools.reference_arguments import EVERYTHING

PRESETS = presets.load(Settings())


def refusal(**job: Any) -> InvalidArgument:
    """Return the server's error for this job."""
    with pytest.raises(InvalidArgument) as caught:
        asked = spec.build_job(
            {"output_filename": "o.mp4", **job}, presets=PRESETS, containers=container_extensions()
        )
        ffmpeg.check(asked, EVERYTHING)
    return caught.value


@pytest.mark.parametrize(
    ("job", "field", "message"),
    [
        (
            {"output_filename": "o.webm", "video": {"codec": "h264"}},
            "video.codec",
            "webm cannot hold h264. Containers that can: mp4, ",
        ),
        ({"output_filename": "o.rm"}, "output_filename", "Unsupported container 'rm'. Supp"),
        ({"video": {"crf": 99}}, "video.crf", "video.crf is 99, but libx264 accepts 0 to 51."),
        (
            {"video": {"codec": "av1", "crf": 99}},
            "video.crf",
            "video.crf is 99, but libsvtav1 accepts 0 to 63.",
        ),
        (
            {"video": {"codec": "x264", "preset": "foo"}},
            "video.preset",
            "libx264 does not support video.preset 'foo'. Supported: ultrafast, ",
        ),
        ({"video": {"codec": "nope"}}, "video.codec", "'nope' is not a supported video encoder."),
        (
            {"audio": {"channels": 99}},
            "audio.channels",
            "audio.channels cannot be 99: the maximum is",
        ),
        ({"video": {"gop": 1.5}}, "video.gop", "video.gop cannot be 1.5: it should be a whole num"),
        ({"video": {"flip": "up"}}, "video.flip", 'video.flip cannot be "up": it should be \'hor'),
        ({"streams": ["0:m:title:x"], "video": {"codecs": 1}}, "video.codecs", "Unknown key 'cod"),
        ({"video": {"filters": ["movie=x"]}}, "video.filters[0]", "video.filters[0]: the filter"),
        (
            {"output_filename": "o.webm", "preset": "web-720p"},
            "video.codec",
            "webm cannot hold h264.",
        ),
    ],
)
def test_an_error_is_a_plain_sentence(job: dict[str, Any], field: str, message: str) -> None:
    found = refusal(**job)

    assert found.field == field
    assert found.message.startswith(message)
    assert "docs/" not in found.message


def test_an_error_before_the_upload_lists_no_streams() -> None:
    found = refusal(output_filename="o.mp3", audio=False)

    assert found.message == "The job leaves out everything that the mp3 result could hold."


def test_a_map_of_a_missing_stream_is_an_error_that_lists_the_streams() -> None:
    info = ffmpeg.MediaInfo("mov,mp4", 2.0, (ffmpeg.Stream(0, "audio", "aac"),))
    asked = spec.build_job({"output_filename": "o.mkv", "streams": ["0:v:7"]})

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        ffmpeg.plan(asked, [info], EVERYTHING, ffmpeg.Limits(), attempt="try1")

    assert caught.value.failure.message == "The map '0:v:7' matches no stream of the input."
    assert caught.value.failure.hint == "The input has these streams: 0: audio (aac)."


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("o.jpg", "The input has no picture that could go into the jpg result."),
        ("o.h264", "The input has no video that could go into the h264 result."),
    ],
)
def test_a_song_without_pictures_is_explained(output: str, message: str) -> None:
    info = ffmpeg.MediaInfo("mp3", 2.0, (ffmpeg.Stream(0, "audio", "mp3"),))
    asked = spec.build_job({"output_filename": output})

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        ffmpeg.plan(asked, [info], EVERYTHING, ffmpeg.Limits(), attempt="try1")

    assert caught.value.failure.message == message


def test_a_failed_filter_shows_ffmpegs_own_two_lines() -> None:
    messages = Messages()
    messages.add(b"[Parsed_crop_0] [error] Invalid too big or non positive size for width '9998'")
    messages.add(b"[Parsed_crop_0] [error] Failed to configure input pad on Parsed_crop_0")

    failure = explain(ExitStatus(1, None), messages, attempt="try1")

    assert failure.message == (
        "A filter failed: Invalid too big or non positive size for width '9998'; Failed to"
        " configure input pad on Parsed_crop_0."
    )


@pytest.mark.parametrize(
    ("name", "container"),
    [("out.mkv", "mkv"), ("out.webm", "webm"), ("out", "mp4"), ("out.v2", "mp4")],
)
def test_an_extension_overrides_the_container_of_a_preset(name: str, container: str) -> None:
    asked = spec.build_job(
        {"output_filename": name, "preset": "web-720p"},
        presets=PRESETS,
        containers=container_extensions(),
    )

    assert (asked.container or name.rpartition(".")[2]) == container


@pytest.mark.parametrize(
    ("name", "muxer"),
    [
        ("book.m4b", "ipod"),
        ("ring.m4r", "ipod"),
        ("cam.mts", "mpegts"),
        ("cam.m2t", "mpegts"),
        ("photo.tif", "image2pipe"),
        ("photo.jfif", "image2pipe"),
        ("song.aif", "aiff"),
        ("clip.weba", "webm"),
        ("clip.f4v", "mp4"),
        ("clip.m2v", "mpeg2video"),
    ],
)
def test_every_extension_of_a_known_container_is_known(name: str, muxer: str) -> None:
    asked = spec.build_job({"output_filename": name})

    planned = ffmpeg.dry_run(asked, EVERYTHING, ffmpeg.Limits())

    argv = planned.argv[-1]
    assert argv[len(argv) - argv[::-1].index("-f")] == muxer
