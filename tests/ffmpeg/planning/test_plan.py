"""The exact command lines of jobs."""

from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import (
    Limits,
    MediaInfo,
    Stream,
    TranscodeError,
)
from ffremote.ffmpeg.policy.filtergraph import read_graph
from tests.support.plans import ABLE, FILM, HEAD, tail

COVER = Stream(1, "video", "h264", 600, 600, is_picture=True)
INPUT = "-f mov -i file:input".split()


def plan(info: MediaInfo = FILM, **job: Any) -> ffmpeg.Plan:
    asked = spec.build_job({"output_filename": "out.mp4", **job})
    return ffmpeg.plan(asked, [info], ABLE, Limits(), attempt="try1")


def only(planned: ffmpeg.Plan) -> list[str]:
    (single,) = planned.passes
    return list(single.argv)


def test_a_job_of_codec_and_crf() -> None:
    planned = plan(
        video={"codec": "libx264", "crf": 23, "bitrate": "3M", "fps": 30, "scale": "1280:720"},
        audio={"codec": "aac", "bitrate": "192k"},
        extra_args=["-movflags", "+faststart"],
    )

    assert only(planned) == [
        *HEAD,
        *INPUT,
        *"-map 0:0 -map 0:1 -filter:v fps=fps=30,scale=w=1280:h=720".split(),
        *"-c:v libx264 -crf 23 -maxrate 3M -bufsize 6M -c:a aac -b:a 192k".split(),
        *"-movflags +faststart".split(),
        *tail("mp4", "mp4"),
    ]
    assert planned.output == "try1/out.mp4"
    assert (planned.expected.duration, planned.expected.streams) == (60.0, ("video", "audio"))
    assert planned.outputs[0].is_rewritten


def test_trims_are_input_options_and_shorten_the_expected_duration() -> None:
    planned = plan(input={"start": 10, "end": "00:00:25"}, video={"codec": "copy"}, audio=False)

    assert only(planned) == [
        *HEAD,
        *"-ss 10 -t 15".split(),
        *INPUT,
        *"-map 0:0 -c:v copy -movflags +faststart".split(),
        *tail("mp4", "mp4"),
    ]
    assert (planned.expected.duration, planned.expected.streams) == (15.0, ("video",))


@pytest.mark.parametrize(
    ("video", "options"),
    [
        ({"codec": "h264"}, "-c:v libx264"),
        ({"codec": "h264", "crf": 20, "maxrate": "2M"}, "-crf 20 -maxrate 2M -bufsize 4M"),
        ({"codec": "h264", "qp": 30}, "-qp 30"),
        ({"codec": "h264", "bitrate": "1500k", "maxrate": "2M"}, "-b:v 1500k -maxrate 2M"),
        ({"codec": "vp9"}, "-c:v libvpx-vp9 -crf 31 -b:v 0"),
        ({"codec": "vp9", "crf": 35}, "-crf 35 -b:v 0"),
        ({"codec": "vp9", "crf": 35, "bitrate": "1M"}, "-crf 35 -b:v 1M"),
        ({"codec": "vp9", "preset": 4}, "-cpu-used 4"),
        ({"codec": "av1", "preset": "8"}, "-c:v libsvtav1 -preset 8"),
        ({"codec": "av1"}, "-svtav1-params lp=2"),
        ({"codec": "hevc"}, "-tag:v hvc1 -x265-params pools=2"),
        ({"codec": "mpeg4", "qp": 3}, "-q:v 3"),
        ({"gop": 48, "bframes": 2}, "-g 48 -bf 2"),
        ({"profile": "high", "level": 4.1}, "-profile:v high -level:v 4.1"),
        ({"crop": "640:480:0:60", "rotate": 90}, "crop=w=640:h=480:x=0:y=60,transpose=dir=clock"),
        ({"deinterlace": True, "flip": "both"}, "bwdif=deint=interlaced,hflip,vflip"),
        ({"scale": "50%"}, "scale=w=trunc(iw*0.25)*2:h=trunc(ih*0.25)*2"),
        ({"filters": ["eq=contrast=1.1", "hue=s=0"]}, "-filter:v eq=contrast=1.1,hue=s=0"),
    ],
)
def test_video_fields_become_options(video: dict[str, Any], options: str) -> None:
    planned = plan(video=video)

    assert options in " ".join(only(planned))


def test_a_preset_of_the_wrong_encoder_is_refused_by_field() -> None:
    asked = spec.build_job(
        {"output_filename": "out.mp4", "video": {"codec": "libx264", "preset": "8"}}
    )

    with pytest.raises(InvalidArgument) as caught:
        ffmpeg.check(asked, ABLE)

    assert caught.value.field == "video.preset"


@pytest.mark.parametrize(
    ("job", "field"),
    [
        ({"container": "exe"}, "container"),
        ({"output_filename": "noextension"}, "output_filename"),
        ({"video": {"codec": "libx266"}}, "video.codec"),
        ({"video": {"codec": "prores_ks"}}, "video.codec"),
        ({"container": "webm", "video": {"codec": "h264"}}, "video.codec"),
        ({"container": "mp3", "audio": {"codec": "aac"}}, "audio.codec"),
        ({"video": {"codec": "copy", "scale": "1280:720"}}, "video.scale"),
        ({"audio": {"codec": "copy", "volume": 2}}, "audio.volume"),
        ({"video": {"codec": "libx264", "crf": 60}}, "video.crf"),
        ({"video": {"codec": "mpeg4", "crf": 20}}, "video.crf"),
        ({"video": {"crf": 20, "qp": 20}}, "video.qp"),
        ({"video": {"filters": ["hflip", "movie=/etc/passwd"]}}, "video.filters[1]"),
        ({"extra_args": ["out2.mp4"]}, "extra_args[0]"),
        ({"extra_args": ["-i", "/etc/passwd"]}, "extra_args[0]"),
        ({"extra_args": ["-bf", "three"]}, "extra_args[1]"),
        ({"video": {"crf": 20}, "extra_args": ["-crf", "21"]}, "extra_args[0]"),
        ({"video": {"hardware": "require", "codec": "h264"}}, "video.hardware"),
    ],
)
def test_a_job_that_no_input_fits_is_refused_by_field(job: dict[str, Any], field: str) -> None:
    asked = spec.build_job({"output_filename": "out.mp4", **job})

    with pytest.raises(InvalidArgument) as caught:
        ffmpeg.check(asked, ABLE)

    assert caught.value.field == field


def test_a_missing_track_is_an_error_that_lists_the_tracks() -> None:
    with pytest.raises(TranscodeError) as caught:
        plan(audio={"track": 4})

    failure = caught.value.failure
    assert failure.reason == "no_such_stream"
    assert failure.message == "The input has no audio track 4; tracks are counted from 0."
    assert "2: audio (ac3)" in failure.hint


def test_extra_args_become_their_fields() -> None:
    words = "-c:v libx264 -crf 21 -vf scale=640:-2 -c:a aac -b:a 96k -ac 2 -t 5 -x264-params ref=3"

    lifted = plan(extra_args=words.split())

    assert (
        lifted.passes
        == plan(
            video={"codec": "libx264", "crf": 21, "filters": ["scale=640:-2"]},
            audio={"codec": "aac", "bitrate": "96k", "channels": 2},
            input={"duration": 5},
            extra_args=["-x264-params", "ref=3"],
        ).passes
    )


def test_a_filter_without_an_end_needs_its_bound() -> None:
    with pytest.raises(ValueError, match="needs one of pad_len, whole_len"):
        read_graph("apad", "a")

    assert str(read_graph("apad=pad_dur=2", "a")) == "apad=pad_dur=2"


def test_a_missing_encoder_fails_the_job() -> None:
    with pytest.raises(TranscodeError) as caught:
        plan(container="mkv", video={"codec": "ffv1"})

    assert caught.value.failure.reason == "encoder_unavailable"
    assert caught.value.failure.message == "The server's FFmpeg 8.0 has no encoder 'ffv1'."


def test_an_unexpected_change_is_a_warning() -> None:
    sound = MediaInfo("mp3", 3.0, (Stream(0, "audio", "aac"), COVER))

    planned = plan(sound, output_filename="a.mov", container="mp4", video={"fps": 25})

    assert planned.expected.streams == ("audio",)
    assert planned.warnings == (
        "The result is mp4, although its name ends in .mov.",
        "The input has no video; the result has none either.",
        "The cover picture was left out (1: h264): mp4 cannot hold this cover beside a video.",
    )


def test_a_cover_is_a_picture_but_no_video() -> None:
    sound = MediaInfo("mp3", 3.0, (Stream(0, "audio", "aac"), COVER))

    assert plan(sound, output_filename="a.jpg").expected.streams == ("video",)
    assert plan(sound, output_filename="a.mov").expected.streams == ("audio",)


@pytest.mark.parametrize(
    ("name", "maps"),
    [
        ("a.mkv", ["0:v", "0:t"]),
        ("a.mkv", ["0", "-0:t:1"]),
        ("a.mp4", ["0:v", "0:d:2"]),
        ("a.mp4", ["0:v", "0:t?"]),
    ],
)
def test_maps_of_data_and_attachments_pass_the_check(name: str, maps: list[str]) -> None:
    asked = spec.build_job({"output_filename": name, "streams": maps})

    assert ffmpeg.check(asked, ABLE).warnings == ()
