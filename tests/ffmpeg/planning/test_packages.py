"""The command lines of packages, and the bounds on their files."""

import shlex
from dataclasses import replace
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import Encoder, Limits, TranscodeError
from tests.ffmpeg.planning.test_plan import ABLE, FILM

CAPABLE = replace(
    ABLE,
    encoders={**ABLE.encoders, "mjpeg": Encoder("V", "mjpeg")},
    filters=ABLE.filters | {"fps", "scale", "setsar", "tile"},
    muxers=ABLE.muxers | {"image2", "image2pipe", "segment", "hls", "mpegts", "mp4"},
    options=ABLE.options | {"mpegts_flags", "movflags"},
)


def planned(seconds: float | None = 60, **job: Any) -> ffmpeg.Plan:
    info = replace(FILM, duration=seconds, bytes=10_000_000)
    built = spec.build_job({"output_filename": "a.zip", **job})
    return ffmpeg.plan(built, [info], CAPABLE, Limits(), attempt="att")


def test_pictures_are_written_under_names_of_ours() -> None:
    plan = planned(
        package={"type": "pictures", "every": 2, "count": 9, "digits": 4, "start_number": 0}
    )

    words = plan.passes[0].argv
    assert words[words.index("-frames:v") :][:4] == ("-frames:v", "9", "-start_number", "0")
    assert words[-3:] == ("-f", "image2", "file:att/package/%04d.jpg")
    assert "fps=fps=1/2" in " ".join(words)
    [output] = plan.outputs
    assert (output.kind, output.path) == (ffmpeg.OutputKind.PACKAGE, "att/package")
    assert plan.folders == ("att/package",)


def test_segments_have_key_frames_where_they_begin_and_a_list_of_their_own() -> None:
    plan = planned(
        package={"type": "segments", "times": [10, 20.5], "container": "ts", "list": "m3u8"},
        extra_args=["-mpegts_flags", "resend_headers"],
    )

    words = shlex.join(plan.passes[0].argv)
    assert "-force_key_frames:v 10,20.5 -segment_times 10,20.5 -segment_format mpegts" in words
    assert "-segment_format_options mpegts_flags=" in words
    assert " -mpegts_flags " not in words
    assert "-reset_timestamps" not in words
    assert [each.media_type for each in plan.outputs[0].members] == [
        "application/vnd.apple.mpegurl",
        "video/mp2t",
    ]


@pytest.mark.parametrize(
    ("seconds", "package", "files"),
    [
        (4000, {"type": "pictures"}, 100_000),
        (40_000, {"type": "pictures", "fps": 1}, 40_000),
        (20_000, {"type": "segments", "seconds": 0.1}, 200_000),
    ],
)
def test_too_many_files_are_refused_before_the_run(
    seconds: float, package: dict[str, Any], files: int
) -> None:
    with pytest.raises(TranscodeError, match=rf"would have {files} files; the limit is 20000"):
        planned(seconds, package=package)


def test_the_only_variant_has_all_streams_and_key_frames_are_those_of_the_encoder() -> None:
    plan = planned(package={"type": "hls", "variants": [{}], "key_frames": False})

    words = plan.passes[0].argv
    assert words[words.index("-var_stream_map") + 1] == "v:0,a:0,name:variant0"
    assert "-force_key_frames:v" not in words


@pytest.mark.parametrize(
    ("job", "field", "message"),
    [
        ({"variants": [{"streams": ["v:1"]}]}, "package.variants[0].streams[0]", "v:0, a:0"),
        ({"variants": [{"streams": ["v:0"]}]}, "package.variants", "leaves out a:0"),
    ],
)
def test_variants_have_each_stream_of_the_result(
    job: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(TranscodeError) as caught:
        planned(package={"type": "hls", **job})

    assert field in caught.value.failure.message
    assert message in caught.value.failure.message


def test_variants_have_at_most_eight_encoders() -> None:
    with pytest.raises(TranscodeError, match="would encode 9 streams; the limit is 8"):
        planned(streams=["0:v"] * 9, package={"type": "hls", "variants": [{}]})


def test_a_number_of_pictures_bounds_them() -> None:
    plan = planned(4000, package={"type": "pictures", "count": 10})

    assert plan.expected.reads_to_end is False


def test_a_file_cannot_have_a_name_of_a_package() -> None:
    with pytest.raises(TranscodeError, match="a name in the package of another output"):
        ffmpeg.plan(
            spec.build_job(
                {
                    "outputs": [
                        {"output_filename": "a.zip", "package": {"type": "pictures", "fps": 1}},
                        {"output_filename": "00001.JPG", "container": "jpg", "thumbnail": {}},
                    ]
                }
            ),
            [replace(FILM, duration=60)],
            CAPABLE,
            Limits(),
            attempt="att",
        )


def test_options_of_one_file_are_refused_in_a_package() -> None:
    job = spec.build_job(
        {
            "output_filename": "a.zip",
            "package": {"type": "pictures"},
            "extra_args": ["-movflags", "+faststart"],
        }
    )

    with pytest.raises(InvalidArgument, match="not for pictures"):
        ffmpeg.check(job, CAPABLE)


def test_sprites_are_small_pictures_on_sheets() -> None:
    plan = planned(package={"type": "sprites", "count": 20, "columns": 4, "rows": 2})

    words = plan.passes[0].argv
    assert words[words.index("-filter:v") + 1] == (
        "fps@sprites0=fps=1/3,scale=w=160:h='2*min(256,max(1,round(ow/dar/2)))',setsar=sar=1,"
        "tile=layout=4x2"
    )
    assert words[-3:] == ("-f", "image2", "file:att/package/sheet-%05d.jpg")
    assert [each.media_type for each in plan.outputs[0].members] == ["text/vtt", "image/jpeg"]


@pytest.mark.parametrize(
    ("seconds", "package", "problem"),
    [
        (80_000, {"every": 1}, "would be 80000 pictures; the limit is 20000"),
        (None, {"count": 5}, "not known how long the video will be"),
    ],
)
def test_sprites_that_cannot_be_made_are_refused_before_the_run(
    seconds: float | None, package: dict[str, Any], problem: str
) -> None:
    with pytest.raises(TranscodeError, match=problem):
        planned(seconds, package={"type": "sprites", **package})
